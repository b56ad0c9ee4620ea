interface Waiting<T> {
  readonly item: T
  readonly resolve: () => void
  readonly reject: (cause: unknown) => void
}

/** How long the first of a group waits for others. */
const groupMs = 50
/** A group stays small enough to be written in a moment. */
const maxGroup = 1_000

/** Writes what comes in within a short time together, one group after the other. */
export class GroupCommit<T> {
  #waiting: Waiting<T>[] = []
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | null = null

  constructor(private readonly write: (items: readonly T[]) => Promise<void>) {}

  /** Resolves when the item is flushed to disk; rejects when its group could not be written. */
  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (!this.#running) this.#timer ??= setTimeout(() => this.#start(), groupMs)
    })
  }

  /** Writes what waits, now, and resolves when nothing is under way. */
  async flush(): Promise<void> {
    while (this.#running ?? this.#waiting.length > 0) {
      if (!this.#running) this.#start()
      await this.#running
    }
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const group = this.#waiting.splice(0, maxGroup)
    if (group.length === 0) return
    this.#running = this.#commit(group)
  }

  /** Never rejects: those who wait for the group hear of its failure. */
  async #commit(group: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.write(group.map(({ item }) => item))
      for (const { resolve } of group) resolve()
    } catch (cause) {
      for (const { reject } of group) reject(cause)
    }
    this.#running = null
    if (this.#waiting.length > 0) this.#start()
  }
}
