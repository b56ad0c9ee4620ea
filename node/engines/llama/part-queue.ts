import type { GenerationPart } from '../engine.ts'

/** Hands parts from callbacks to a reader, in order. The answer's own token limit bounds what can wait here. */
export class PartQueue {
  readonly #waiting: GenerationPart[] = []
  #wake: (() => void) | null = null
  #isClosed = false

  push(part: GenerationPart): void {
    if (this.#isClosed) return
    this.#waiting.push(part)
    if (part.type === 'end' || part.type === 'failed') this.#isClosed = true
    this.#wake?.()
  }

  /** Yields until an `end` or `failed` part has been handed out. */
  async *parts(): AsyncGenerator<GenerationPart> {
    for (;;) {
      const part = this.#waiting.shift()
      if (part) {
        yield part
        if (part.type === 'end' || part.type === 'failed') return
        continue
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = null
    }
  }
}
