import type { DeviceId } from '../contract/ids.ts'

/** A lie weighs half as much after this long. */
const halfLifeMs = 3_600_000
/** From this weight on a machine is asked last: after one lie for an hour, after four for three. */
const doubtWeight = 0.5
/** However often it lied, a machine is asked like others again after six hours. */
const mostWeight = 32
const keptMachines = 1_000

interface Doubt {
  readonly weight: number
  readonly atMs: number
}

/** Machines whose counts could not be true lately. They are asked only where no other is left. Forgotten at a restart. */
export class DoubtedMachines {
  readonly #doubts = new Map<DeviceId, Doubt>()

  constructor(private readonly nowMs: () => number = Date.now) {}

  /** A machine has said what cannot be true. */
  lied(deviceId: DeviceId): void {
    const weight = Math.min(mostWeight, this.#weight(deviceId) + 1)
    this.#doubts.delete(deviceId)
    this.#doubts.set(deviceId, { weight, atMs: this.nowMs() })
    const [oldest] = this.#doubts.keys()
    if (this.#doubts.size > keptMachines && oldest !== undefined) this.#doubts.delete(oldest)
  }

  isDoubted(deviceId: DeviceId): boolean {
    return this.#weight(deviceId) >= doubtWeight
  }

  #weight(deviceId: DeviceId): number {
    const doubt = this.#doubts.get(deviceId)
    if (!doubt) return 0
    const agoMs = Math.max(0, this.nowMs() - doubt.atMs)
    return doubt.weight * 2 ** (-agoMs / halfLifeMs)
  }
}
