import { Listeners } from '../../base/listeners.ts'
import type { AccountId, DeviceId } from '../../contract/ids.ts'
import type { Bee } from '../../state/bee.ts'

/** A bee that a device of the pool writes, with whose it is. The directory vouches for both. */
export interface DeviceBee {
  readonly kind: 'member' | 'usage'
  readonly deviceId: DeviceId
  readonly accountId: AccountId
  /** Epoch of the read keys it is written under; a device has one bee of a kind and name in each. */
  readonly epoch: number
  /** Empty for member bees; the month (`2026-11`) for usage bees. */
  readonly month: string
  readonly isOwn: boolean
  readonly bee: Bee
}

/** The open bees of all devices of a pool; whoever follows them hears of each one once. */
export class DeviceBees {
  readonly #open: DeviceBee[] = []
  readonly #listeners = new Listeners<DeviceBee>()

  get all(): readonly DeviceBee[] {
    return this.#open
  }

  /** The bee this device writes now, or null before the read keys have arrived. */
  own(kind: DeviceBee['kind']): DeviceBee | null {
    return this.#open.findLast((one) => one.isOwn && one.kind === kind) ?? null
  }

  add(opened: DeviceBee): void {
    if (this.#open.some(({ bee }) => bee === opened.bee)) return
    this.#open.push(opened)
    this.#listeners.emit(opened)
  }

  /** Takes out a bee whose contents are gone. */
  remove(gone: DeviceBee): void {
    const place = this.#open.indexOf(gone)
    if (place !== -1) this.#open.splice(place, 1)
  }

  /** Calls for every bee that is open and for each that opens later. Returns the unsubscribe function. */
  follow(listener: (opened: DeviceBee) => void): () => void {
    const unsubscribe = this.#listeners.add(listener)
    for (const opened of this.#open) listener(opened)
    return unsubscribe
  }
}
