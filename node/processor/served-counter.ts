const minuteMs = 60_000
const minutes = 30

/** Counts generations served to others in each of the last 30 minutes. */
export class ServedCounter {
  readonly #byMinute = new Map<number, number>()

  constructor(private readonly nowMs: () => number = Date.now) {}

  count(): void {
    const minute = this.#minute()
    this.#byMinute.set(minute, (this.#byMinute.get(minute) ?? 0) + 1)
    for (const old of this.#byMinute.keys()) if (old <= minute - minutes) this.#byMinute.delete(old)
  }

  /** Oldest first; the last one is the minute that runs. */
  perMinute(): number[] {
    const now = this.#minute()
    return Array.from({ length: minutes }, (_, index) => this.#byMinute.get(now - minutes + 1 + index) ?? 0)
  }

  #minute(): number {
    return Math.floor(this.nowMs() / minuteMs)
  }
}
