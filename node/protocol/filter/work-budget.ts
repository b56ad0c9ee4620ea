/** Work one connection may cause at once, in microseconds of this process. */
const burstMicros = 80_000
/** Work one connection may cause for as long as it likes, in microseconds a second. */
const microsPerSecond = 200_000
/** After a pause, so much is allowed at once; less would make many small pauses. */
const restartMicros = 20_000

/**
 * How much work a connection may cause: some at once, then a fifth of the time.
 *
 * Whoever sends more waits. Nobody is cut off for it, because an honest peer has its busy moments.
 */
export class WorkBudget {
  #left = burstMicros
  #lastMs: number

  constructor(private readonly nowMs: () => number = () => performance.now()) {
    this.#lastMs = nowMs()
  }

  spend(micros: number): void {
    this.#left -= micros
  }

  /** How long to wait before more is taken; 0 when there is something left. */
  waitMs(): number {
    if (this.#left > 0) return 0
    const nowMs = this.nowMs()
    this.#left = Math.min(burstMicros, this.#left + ((nowMs - this.#lastMs) / 1_000) * microsPerSecond)
    this.#lastMs = nowMs
    return this.#left > 0 ? 0 : Math.ceil(((restartMicros - this.#left) / microsPerSecond) * 1_000)
  }
}
