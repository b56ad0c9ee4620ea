import { Listeners } from '../base/listeners.ts'
import type { CutOffCode } from '../contract/errors.ts'
import type { DeviceId } from '../contract/ids.ts'

/** A device that was cut off, and why. */
export interface CutOff {
  readonly deviceId: DeviceId
  readonly code: CutOffCode
  readonly atMs: number
}

interface Known extends CutOff {
  readonly times: number
}

/** How long a device is refused after the first time, the second, and so on. */
const refusedMs = [10_000, 60_000, 5 * 60_000, 15 * 60_000]
/** After this long without another time, it is as if there had been none. */
const forgivenMs = 3_600_000
/** Devices that are remembered; the ones cut off longest ago go first. */
const maxKnown = 256

/** The devices that were cut off for what they sent. They are refused for a while, longer each time; a restart forgives. */
export class CutOffs {
  readonly #known = new Map<DeviceId, Known>()
  readonly #listeners = new Listeners()

  constructor(private readonly nowMs: () => number = Date.now) {}

  add(deviceId: DeviceId, code: CutOffCode): void {
    const times = (this.#find(deviceId)?.times ?? 0) + 1
    // Last in the order of the map: the ones cut off longest ago are first.
    this.#known.delete(deviceId)
    this.#known.set(deviceId, { deviceId, code, atMs: this.nowMs(), times })
    const [oldest] = this.#known.keys()
    if (this.#known.size > maxKnown && oldest) this.#known.delete(oldest)
    this.#listeners.emit()
  }

  isRefused(deviceId: DeviceId): boolean {
    const known = this.#find(deviceId)
    if (!known) return false
    const limitMs = refusedMs[Math.min(known.times, refusedMs.length) - 1] ?? 0
    return this.nowMs() - known.atMs < limitMs
  }

  /** Those that are not forgiven yet, the latest first. */
  list(): CutOff[] {
    return [...this.#known.keys()].flatMap((deviceId) => this.#find(deviceId) ?? []).reverse()
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  #find(deviceId: DeviceId): Known | undefined {
    const known = this.#known.get(deviceId)
    // A clock that was set back must not refuse for longer.
    if (known && Math.abs(this.nowMs() - known.atMs) > forgivenMs) this.#known.delete(deviceId)
    return this.#known.get(deviceId)
  }
}
