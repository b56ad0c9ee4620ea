/** Tells a single crash, after which the page is loaded again, from a page that keeps crashing. */
export class CrashCounter {
  #timesMs: number[] = []

  constructor(
    private readonly limit = 3,
    private readonly withinMs = 60_000,
  ) {}

  /** Notes one crash. Returns whether loading again is worth it. */
  note(nowMs: number): boolean {
    this.#timesMs = [...this.#timesMs.filter((timeMs) => nowMs - timeMs < this.withinMs), nowMs]
    return this.#timesMs.length <= this.limit
  }

  /** A person asked to try again. */
  reset(): void {
    this.#timesMs = []
  }
}
