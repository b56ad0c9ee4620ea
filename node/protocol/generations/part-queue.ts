import type { ServedPart } from '../messages/generation.ts'

/**
 * Parts of one generation between whoever makes them and whoever reads them.
 *
 * Text that nobody has read yet is joined. After `end` or `failed` nothing more is taken.
 */
export class PartQueue implements AsyncIterable<ServedPart> {
  #parts: ServedPart[] = []
  #unreadUnits = 0
  #isEnded = false
  #wake: (() => void) | null = null
  #roomWaiters: (() => void)[] = []

  constructor(
    private readonly listeners: {
      /** The reader took this much text. */
      onRead?: (text: string) => void
      /** The reader left: after the last part, or before. Called once. */
      onLeave?: () => void
    } = {},
  ) {}

  get isEnded(): boolean {
    return this.#isEnded
  }

  get unreadUnits(): number {
    return this.#unreadUnits
  }

  push(part: ServedPart): void {
    if (this.#isEnded) return
    if (part.type === 'end' || part.type === 'failed') this.#isEnded = true
    const last = this.#parts.at(-1)
    if (part.type === 'text' && last?.type === 'text') {
      this.#parts[this.#parts.length - 1] = {
        type: 'text',
        text: last.text + part.text,
        tokens: last.tokens + part.tokens,
      }
    } else {
      this.#parts.push(part)
    }
    if (part.type === 'text') this.#unreadUnits += part.text.length
    this.#wake?.()
    this.#wake = null
    if (this.#isEnded) this.#releaseRoom()
  }

  /** Resolves when less than this much text is unread, or the generation has ended. */
  room(units: number): Promise<void> {
    if (this.#unreadUnits < units || this.#isEnded) return Promise.resolve()
    return new Promise((resolve) => this.#roomWaiters.push(resolve))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ServedPart, void, undefined> {
    try {
      for (;;) {
        const part = this.#parts.shift()
        if (!part) {
          await new Promise<void>((resolve) => (this.#wake = resolve))
          continue
        }
        if (part.type === 'text') this.#took(part.text)
        yield part
        if (part.type === 'end' || part.type === 'failed') return
      }
    } finally {
      this.#isEnded = true
      this.#releaseRoom()
      this.listeners.onLeave?.()
    }
  }

  #took(text: string): void {
    this.#unreadUnits -= text.length
    this.#releaseRoom()
    this.listeners.onRead?.(text)
  }

  #releaseRoom(): void {
    for (const release of this.#roomWaiters.splice(0)) release()
  }
}
