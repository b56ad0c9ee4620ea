interface Waiting<T> {
  readonly item: T
  readonly resolve: () => void
  readonly reject: (cause: unknown) => void
}

export interface GroupCommitOptions<T> {
  /** Writes one group. Where it fails, everybody in the group hears of it. */
  readonly write: (items: readonly T[]) => Promise<void>
  /**
   * How long the first of a group waits for others. Without it nobody waits for a timer: the first is written
   * at once, and what comes meanwhile goes into the next group.
   */
  readonly gatherMs?: number
}

/** A group stays small enough to be written in a moment. */
const maxGroup = 1_000

/** Writes what comes in together, one group after the other. */
export class GroupCommit<T> {
  #waiting: Waiting<T>[] = []
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | null = null

  constructor(private readonly options: GroupCommitOptions<T>) {}

  get isIdle(): boolean {
    return this.#running === null && this.#waiting.length === 0
  }

  /** Resolves when the item is written; rejects when its group could not be. */
  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (this.#running) return
      const { gatherMs } = this.options
      if (gatherMs === undefined) this.#start()
      else this.#timer ??= setTimeout(() => this.#start(), gatherMs)
    })
  }

  /** Writes what waits, now, and resolves when nothing is under way. */
  async flush(): Promise<void> {
    while (!this.isIdle) {
      if (!this.#running) this.#start()
      await this.#running
    }
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#running = this.#commit(this.#waiting.splice(0, maxGroup))
  }

  /** Never rejects: those who wait for the group hear of its failure. */
  async #commit(group: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.options.write(group.map(({ item }) => item))
      for (const { resolve } of group) resolve()
    } catch (cause) {
      for (const { reject } of group) reject(cause)
    }
    this.#running = null
    if (this.#waiting.length > 0) this.#start()
  }
}
