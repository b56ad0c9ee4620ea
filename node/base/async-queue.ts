export interface AsyncQueueOptions<T> {
  /** Whether nothing can follow an item: the queue takes no more after it, and its reader ends with it. */
  readonly isLast: (item: T) => boolean
  /** One item in place of two that nobody has read yet; null keeps both. */
  readonly join?: (before: T, item: T) => T | null
  /** How much of the queue's room an unread item takes; without it, none. */
  readonly sizeOf?: (item: T) => number
  /** The reader took an item. */
  readonly onRead?: (item: T) => void
  /** The reader left: after the last item, or before. Called once. */
  readonly onLeave?: () => void
}

/** Items between whoever makes them, at once or in callbacks, and the one who reads them, in order. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = []
  #unread = 0
  #isEnded = false
  #wake: (() => void) | null = null
  #roomWaiters: (() => void)[] = []

  constructor(private readonly options: AsyncQueueOptions<T>) {}

  /** Whether the last item has come, or the reader has left. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** The size of what nobody has read yet. */
  get unread(): number {
    return this.#unread
  }

  push(item: T): void {
    if (this.#isEnded) return
    this.#isEnded = this.options.isLast(item)
    const last = this.#items.at(-1)
    const joined = last === undefined ? null : (this.options.join?.(last, item) ?? null)
    if (joined === null) this.#items.push(item)
    else this.#items[this.#items.length - 1] = joined
    this.#unread += this.#sizeOf(item)
    this.#wake?.()
    this.#wake = null
    if (this.#isEnded) this.#releaseRoom()
  }

  /** Resolves when less than this much is unread, or the queue has ended. */
  room(size: number): Promise<void> {
    if (this.#unread < size || this.#isEnded) return Promise.resolve()
    return new Promise((resolve) => this.#roomWaiters.push(resolve))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        const item = this.#items.shift()
        if (item === undefined) {
          await new Promise<void>((resolve) => (this.#wake = resolve))
          continue
        }
        this.#took(item)
        yield item
        if (this.options.isLast(item)) return
      }
    } finally {
      this.#isEnded = true
      this.#releaseRoom()
      this.options.onLeave?.()
    }
  }

  #took(item: T): void {
    this.#unread -= this.#sizeOf(item)
    this.#releaseRoom()
    this.options.onRead?.(item)
  }

  #sizeOf(item: T): number {
    return this.options.sizeOf?.(item) ?? 0
  }

  #releaseRoom(): void {
    for (const release of this.#roomWaiters.splice(0)) release()
  }
}
