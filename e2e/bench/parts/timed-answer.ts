import type { Pace } from './pace.ts'

export interface TimedGeneration {
  /** From the request at the gateway, or at the engine, to the first text. */
  readonly firstTokenMs: number
  /** From the request to the last text. */
  readonly totalMs: number
  /** Time before the gateway had the request: the chat is saved first. */
  readonly beforeMs: number
  readonly tokens: number
}

/** Records when the text of one generation arrived. */
export class AnswerTimer {
  #firstMs = Number.NaN
  #lastMs = Number.NaN
  #tokens = 0

  constructor(
    private readonly askedMs: number,
    private readonly calledMs = askedMs,
  ) {}

  text(text: string): void {
    this.#lastMs = performance.now()
    if (this.#tokens === 0) this.#firstMs = this.#lastMs
    // Each word of the paced server ends with a space.
    this.#tokens += text.split(' ').length - 1
  }

  /** Throws where a token is missing: a fast generation with gaps does not count. */
  result(pace: Pace): TimedGeneration {
    if (this.#tokens !== pace.tokens) throw new Error(`${this.#tokens} tokens of ${pace.tokens} came`)
    return {
      firstTokenMs: this.#firstMs - this.askedMs,
      totalMs: this.#lastMs - this.askedMs,
      beforeMs: this.askedMs - this.calledMs,
      tokens: this.#tokens,
    }
  }
}
