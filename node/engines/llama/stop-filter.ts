/**
 * Ends a text before any of some texts, wherever they begin.
 *
 * llama.cpp looks for them between tokens; one that begins inside of a token would come through whole.
 */
export class StopFilter {
  /** May be the beginning of one of them. */
  #held = ''
  #isOver = false

  constructor(private readonly stops: readonly string[]) {}

  /** Whether one of them has come: nothing comes through any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Takes the next piece; returns what surely belongs to the text. */
  push(piece: string): string {
    if (this.#isOver) return ''
    const text = this.#held + piece
    const found = this.stops.map((stop) => text.indexOf(stop)).filter((index) => index >= 0)
    this.#isOver = found.length > 0
    const end = this.#isOver ? Math.min(...found) : text.length - this.#openLength(text)
    this.#held = this.#isOver ? '' : text.slice(end)
    return text.slice(0, end)
  }

  /** What was held back, once the text has ended by itself. */
  rest(): string {
    const held = this.#held
    this.#held = ''
    return held
  }

  /** How much of the end of a text may be the beginning of a stop. */
  #openLength(text: string): number {
    return Math.max(
      0,
      ...this.stops.map((stop) => {
        for (let length = Math.min(stop.length - 1, text.length); length > 0; length--) {
          if (text.endsWith(stop.slice(0, length))) return length
        }
        return 0
      }),
    )
  }
}
