import type { DeviceId } from '../contract/ids.ts'
import type { Candidate } from './candidates.ts'

/** Counts the requests this gateway has under way at each other machine. */
export class InFlight {
  readonly #byDevice = new Map<DeviceId, number>()

  of(deviceId: DeviceId): number {
    return this.#byDevice.get(deviceId) ?? 0
  }

  /** Returns the function that ends it; call that once. Requests on this computer are not counted here. */
  begin(chosen: Candidate): () => void {
    if (chosen.kind === 'local') return () => undefined
    const { deviceId } = chosen.machine
    this.#byDevice.set(deviceId, this.of(deviceId) + 1)
    return () => {
      const left = this.of(deviceId) - 1
      if (left > 0) this.#byDevice.set(deviceId, left)
      else this.#byDevice.delete(deviceId)
    }
  }
}
