import { z } from 'zod'
import { replacesDeviceList, verifyDeviceList, type DeviceList } from '../../accounts/records/device-list.ts'
import type { AccountId, DeviceId } from '../../contract/ids.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { Bee } from '../../state/bee.ts'
import { localKeys } from '../pool/records.ts'
import { signedFromText, signedToText } from '../pool/signed-text.ts'

/**
 * The newest device list of every account ever met, so that an unlinked device stays unlinked.
 *
 * A list says which devices an account has given up, and never whose a device is: anybody can write the
 * key of somebody else's device into a list of his own. That only the device itself can say.
 */
export class DeviceLists {
  readonly #lists = new Map<AccountId, { list: DeviceList; signed: SignedBytes }>()
  /** Devices that were met in this run, and the account whose list they showed. */
  readonly #shown = new Map<DeviceId, AccountId>()

  constructor(private readonly local: Bee) {}

  async open(): Promise<void> {
    for (const { value } of await this.local.list(localKeys.deviceLists, z.string())) {
      const signed = signedFromText(value)
      const list = signed ? verifyDeviceList(signed) : null
      if (signed && list) this.#set(list, signed)
    }
  }

  /** Keeps a verified list if it is newer, and answers the newest known of its account. */
  async keep(list: DeviceList, signed: SignedBytes): Promise<DeviceList> {
    const known = this.#lists.get(list.account)
    if (known && !replacesDeviceList(signed, known.signed)) return known.list
    this.#set(list, signed)
    await this.local.put(localKeys.deviceLists + list.account, signedToText(signed))
    return list
  }

  /** A device has shown the list of this account on a connection that proves its key. */
  shownBy(deviceId: DeviceId, accountId: AccountId): void {
    this.#shown.set(deviceId, accountId)
  }

  /** The account whose list a device has shown, while the newest one names it; null for one that was not met. */
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
