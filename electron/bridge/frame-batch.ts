import type { ChatEvent } from '../../node/contract/contract.ts'

/** One frame at 60 Hz: text that arrives within it is painted together anyway. */
export const frameMs = 16

/**
 * Gathers the progress of answers and sends it once per frame.
 *
 * Texts that follow each other in one message are joined; order is kept. The first event after a
 * pause leaves at once, so that a first token never waits for a frame.
 */
export class FrameBatch {
  #waiting: ChatEvent[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(private readonly send: (batch: readonly ChatEvent[]) => void) {}

  add(event: ChatEvent): void {
    const last = this.#waiting.at(-1)
    if (event.type === 'text' && last?.type === 'text' && last.messageId === event.messageId) {
      this.#waiting[this.#waiting.length - 1] = { ...last, text: last.text + event.text }
    } else {
      this.#waiting.push(event)
    }
    if (!this.#timer) this.#flush()
  }

  /** Drops pending events: the page is gone, and a new one reads the chat again. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#waiting = []
  }

  #flush(): void {
    this.#timer = null
    if (this.#waiting.length === 0) return
    this.#timer = setTimeout(() => this.#flush(), frameMs)
    this.send(this.#waiting.splice(0))
  }
}
