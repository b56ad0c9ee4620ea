/** How long somebody read nothing, and what of that was their own doing. */
export interface SilenceReading {
  /** Longest time in which the reader looked again and again, and nothing had come. */
  readonly gapMaxMs: number
  /** Longest time in which the reader itself did not look: what the other side did meanwhile is not known. */
  readonly asleepMaxMs: number
}

/**
 * Measures silence by the moments at which the reader was awake.
 *
 * A reader that stands still finds late what has come in time, and that is nobody's silence; but one that is silent while
 * the reader stands still must not gain by it either. So nothing is subtracted: silence counts from the last text up to
 * the last moment at which the reader is known to have looked and found nothing, and sleep is told beside it.
 */
export class Silence {
  /** Null before the first text: connecting is no silence. */
  #lastTextMs: number | null = null
  #lastAwakeMs: number | null = null
  #gapMaxMs = 0
  #asleepMaxMs = 0

  /** Text was read. */
  text(nowMs: number): void {
    this.#noteSleep(nowMs)
    this.#lastTextMs = nowMs
    this.#lastAwakeMs = nowMs
  }

  /**
   * The reader has come round again, before it reads what waits for it by now. So it is the moment before this one, up
   * to which nothing has come.
   */
  awake(nowMs: number): void {
    const foundNothingMs = this.#lastAwakeMs
    if (this.#lastTextMs !== null && foundNothingMs !== null) {
      this.#gapMaxMs = Math.max(this.#gapMaxMs, foundNothingMs - this.#lastTextMs)
    }
    this.#noteSleep(nowMs)
    this.#lastAwakeMs = nowMs
  }

  /** What was seen since the last look. Silence that goes on counts from here anew. */
  look(nowMs: number): SilenceReading {
    this.awake(nowMs)
    const reading = { gapMaxMs: this.#gapMaxMs, asleepMaxMs: this.#asleepMaxMs }
    this.#gapMaxMs = 0
    this.#asleepMaxMs = 0
    if (this.#lastTextMs !== null) this.#lastTextMs = nowMs
    return reading
  }

  #noteSleep(nowMs: number): void {
    if (this.#lastAwakeMs !== null) this.#asleepMaxMs = Math.max(this.#asleepMaxMs, nowMs - this.#lastAwakeMs)
  }
}
