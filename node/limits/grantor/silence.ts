import type { DeviceId } from '../../contract/ids.ts'
import { recallLapseMs, silenceMs } from '../times.ts'

/**
 * How long holders have been silent while this grantor ran: its own absence is not theirs.
 *
 * By a clock that nobody sets.
 */
export class Silence {
  readonly #heardMs = new Map<DeviceId, number>()
  /** Since when a holder that could be asked has left recalls without a reply. */
  readonly #owesMs = new Map<DeviceId, number>()
  readonly #startMs: number

  constructor(private readonly elapsedMs: () => number) {
    this.#startMs = elapsedMs()
  }

  /** A report has come. It does not make up for a recall that was not answered. */
  heard(deviceId: DeviceId): void {
    this.#heardMs.set(deviceId, this.elapsedMs())
  }

  recalled(deviceId: DeviceId, isAnswered: boolean): void {
    if (isAnswered) {
      this.heard(deviceId)
      this.#owesMs.delete(deviceId)
    } else if (!this.#owesMs.has(deviceId)) this.#owesMs.set(deviceId, this.elapsedMs())
  }

  /** Whether what a holder keeps idle comes back without its word. */
  isTooLong(deviceId: DeviceId): boolean {
    const nowMs = this.elapsedMs()
    const owesMs = this.#owesMs.get(deviceId)
    if (owesMs !== undefined && nowMs - owesMs > recallLapseMs) return true
    return nowMs - (this.#heardMs.get(deviceId) ?? this.#startMs) > silenceMs
  }
}
