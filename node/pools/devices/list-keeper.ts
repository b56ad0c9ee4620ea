import { verifyDeviceList, type DeviceList } from '../../accounts/records/device-list.ts'
import type { Vault } from '../../accounts/vault/vault.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { Bee } from '../../state/bee.ts'
import { DeviceLists } from './device-lists.ts'
import type { ConnectionSession } from '../connections/connection-session.ts'
import { OwnList } from './own-list.ts'
import type { Pool } from '../pool/pool.ts'

export interface ListKeeperOptions {
  readonly vault: Vault
  readonly local: Bee
  readonly pools: () => Iterable<Pool>
  readonly sessions: () => Iterable<ConnectionSession>
  readonly nowMs: () => number
  /** Another device of the account has unlinked this one. */
  readonly onUnlinked: () => void
  /** Our own list has changed and was sent to all peers. */
  readonly onChange: () => void
}

/** Keeps the newest device list of each account from any source, and cuts off the devices it unlinks. */
export class ListKeeper {
  /** The lists of all accounts. */
  readonly lists: DeviceLists
  readonly #own: OwnList

  constructor(private readonly options: ListKeeperOptions) {
    this.lists = new DeviceLists(options.local)
    this.#own = new OwnList(options.vault, options.nowMs)
  }

  /** The account's own list. */
  get own(): SignedBytes {
    return this.#own.signed
  }

  async open(): Promise<void> {
    await this.lists.open()
    await this.#keepOwn()
  }

  /** Keeps a list. Devices it unlinks lose their connections, and where we are the manager, their read keys. */
  async keep(list: DeviceList, signed: SignedBytes): Promise<DeviceList> {
    return list.account === this.options.vault.accountId ? this.#hearOwn(signed) : this.#keep(list, signed)
  }

  async #keep(list: DeviceList, signed: SignedBytes): Promise<DeviceList> {
    const newest = await this.lists.keep(list, signed)
    for (const session of this.options.sessions()) {
      const isOfAccount = session.applicant?.accountId === newest.account
      const isListed = newest.devices.some(({ device }) => device === session.deviceId)
      // The list is sent first, so that the device can tell its user why.
      if (isOfAccount && !isListed) session.part(this.lists.signedOf(newest.account))
    }
    for (const pool of this.options.pools()) if (pool.author) pool.reconsider()
    return newest
  }

  /** Sends the account's newer list to all peers, after a device was linked or unlinked here. */
  async showOwn(): Promise<void> {
    this.#own.reload()
    await this.#keepOwn()
    await this.#spreadOwn()
  }

  /** Keeps our own list beside those of others, and takes in a newer one that was stored in an earlier run. */
  async #keepOwn(): Promise<void> {
    const stored = this.lists.signedOf(this.options.vault.accountId)
    if (stored) await this.#hearOwn(stored)
    else await this.#keepAsItIs()
  }

  /** Takes in a list of our account, and keeps what then is the list of this device. */
  async #hearOwn(signed: SignedBytes): Promise<DeviceList> {
    const isChanged = await this.#own.hear(signed)
    const newest = await this.#keepAsItIs()
    if (isChanged && this.#own.isListed) await this.#spreadOwn()
    else if (isChanged) this.options.onUnlinked()
    return newest
  }

  async #keepAsItIs(): Promise<DeviceList> {
    const { signed } = this.#own
    const own = verifyDeviceList(signed)
    if (!own) throw new Error('The list of a vault is one that its account signed')
    return this.#keep(own, signed)
  }

  /** By message and in our member bees, so that it also reaches those who are away now. */
  async #spreadOwn(): Promise<void> {
    for (const session of this.options.sessions()) {
      session.sendDeviceList(this.#own.signed)
      // Whoever refused us by an older list is shown the newer one.
      if (session.openPools.length === 0) session.claim()
    }
    for (const pool of this.options.pools()) await pool.showDeviceList()
    this.options.onChange()
  }
}
