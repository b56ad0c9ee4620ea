import { Listeners } from '../../base/listeners.ts'
import type { AccountId, DeviceId } from '../../contract/ids.ts'
import type { Bee } from '../../state/bee.ts'

/** A bee with the device that writes it and that device's account, both as the directory has them. */
export interface DeviceBee {
  readonly kind: 'member' | 'usage'
  readonly deviceId: DeviceId
  readonly accountId: AccountId
  /** Epoch of the read keys it is encrypted with. */
  readonly epoch: number
  /** The month (`2026-11`) of a usage bee; empty for member bees and for the usage bee that belongs to no month. */
  readonly month: string
  readonly isOwn: boolean
  readonly bee: Bee
}

/** The open bees of all devices of a pool; each is announced once. */
export class DeviceBees {
  readonly #open: DeviceBee[] = []
  readonly #listeners = new Listeners<DeviceBee>()

  get all(): readonly DeviceBee[] {
    return this.#open
  }

  /** The last opened bee of this device, or null before the read keys have arrived. */
  own(kind: DeviceBee['kind']): DeviceBee | null {
    return this.#open.findLast((one) => one.isOwn && one.kind === kind) ?? null
  }

  add(opened: DeviceBee): void {
    if (this.#open.some(({ bee }) => bee === opened.bee)) return
    this.#open.push(opened)
    this.#listeners.emit(opened)
  }

  /** Removes a bee whose contents were cleared, or that is set aside. */
  remove(gone: Bee): void {
    const place = this.#open.findIndex(({ bee }) => bee === gone)
    if (place !== -1) this.#open.splice(place, 1)
  }

  /** Calls for every bee that is open and for each that opens later. Returns the unsubscribe function. */
  follow(listener: (opened: DeviceBee) => void): () => void {
    const unsubscribe = this.#listeners.add(listener)
    for (const opened of this.#open) listener(opened)
    return unsubscribe
  }
}
