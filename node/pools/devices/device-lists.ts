import { z } from 'zod'
import { replacesDeviceList, verifyDeviceList, type DeviceList } from '../../accounts/records/device-list.ts'
import type { AccountId, DeviceId } from '../../contract/ids.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { Bee } from '../../state/bee.ts'
import { localKeys } from '../pool/records.ts'
import { signedFromText, signedToText } from '../pool/signed-text.ts'

/**
 * The newest known device list of every account, so that an unlinked device stays unlinked.
 *
 * A list does not prove which account a device belongs to: an account can put any device key into its list.
 * Only the device itself proves it, by showing the list on a connection.
 */
export class DeviceLists {
  readonly #lists = new Map<AccountId, { list: DeviceList; signed: SignedBytes }>()
  /** Devices that were connected in this run, and the account whose list they showed. */
  readonly #shown = new Map<DeviceId, AccountId>()

  constructor(private readonly local: Bee) {}

  async open(): Promise<void> {
    for (const { value } of await this.local.list(localKeys.deviceLists, z.string())) {
      const signed = signedFromText(value)
      const list = signed ? verifyDeviceList(signed) : null
      if (signed && list) this.#set(list, signed)
    }
  }

  /** Keeps a verified list if it is newer, and returns the newest known of its account. */
  async keep(list: DeviceList, signed: SignedBytes): Promise<DeviceList> {
    const known = this.#lists.get(list.account)
    if (known && !replacesDeviceList(signed, known.signed)) return known.list
    this.#set(list, signed)
    await this.local.put(localKeys.deviceLists + list.account, signedToText(signed))
    return list
  }

  /** Notes that a device has shown this account's list on a connection that proves its key. */
  shownBy(deviceId: DeviceId, accountId: AccountId): void {
    this.#shown.set(deviceId, accountId)
  }

  /** The account whose list a device has shown, if the newest list still names it; otherwise null. */
  accountOf(deviceId: DeviceId): AccountId | null {
    const accountId = this.#shown.get(deviceId)
    return accountId && this.isListed(accountId, deviceId) ? accountId : null
  }

  /** The newest list of an account as it was signed; null where none is known. */
  signedOf(accountId: AccountId): SignedBytes | null {
    return this.#lists.get(accountId)?.signed ?? null
  }

  /** Whether the newest list of an account names a device; true where no list of it is known. */
  isListed(accountId: AccountId, deviceId: DeviceId): boolean {
    const known = this.#lists.get(accountId)
    return known === undefined || known.list.devices.some(({ device }) => device === deviceId)
  }

  #set(list: DeviceList, signed: SignedBytes): void {
    this.#lists.set(list.account, { list, signed })
  }
}
