import type { Pace } from './pace.ts'

export interface TimedGeneration {
  /** From the question at the gateway, or at the engine, to the first text. */
  readonly firstTokenMs: number
  /** From the question to the last text. */
  readonly totalMs: number
  /** What was spent before the gateway had the question: the chat is written down first. */
  readonly beforeMs: number
  readonly tokens: number
}

/** Notes when the text of one answer came. */
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
    // The words of the paced server end with a space each.
    this.#tokens += text.split(' ').length - 1
  }

  /** Throws where a token is missing: a fast answer with holes is none. */
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
