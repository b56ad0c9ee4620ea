import { randomUUID } from 'node:crypto'
import { Listeners } from '../base/listeners.ts'
import type { Capabilities } from '../protocol/machines.ts'

/** Changes of one burst travel together; well below the 250 ms within which others must know. */
const gatherMs = 50

type Said = Omit<Capabilities, 'runId' | 'sequence'>

/** The capabilities of this machine: numbered snapshots, sent when something changed. */
export class CapabilityFeed {
  readonly #listeners = new Listeners<Capabilities>()
  #runId = randomUUID()
  #sequence = 0
  #last: Capabilities | null = null
  /** What the listeners got last. */
  #told: Capabilities | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(private readonly read: () => Said) {}

  /** Begins a new run: receivers that hold snapshots of the old run can tell that they are out of date. */
  restart(): void {
    this.#runId = randomUUID()
    this.#sequence = 0
    this.#last = null
  }

  current(): Capabilities {
    const said = this.read()
    if (this.#last && isSame(this.#last, said)) return this.#last
    this.#sequence += 1
    this.#last = { runId: this.#runId, sequence: this.#sequence, ...said }
    return this.#last
  }

  /** Something may have changed. */
  touch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const now = this.current()
      if (now === this.#told) return
      this.#told = now
      this.#listeners.emit(now)
    }, gatherMs)
  }
  onChange(listener: (capabilities: Capabilities) => void): () => void {
    return this.#listeners.add(listener)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

function isSame(last: Capabilities, said: Said): boolean {
  const { runId, sequence } = last
  return JSON.stringify(last) === JSON.stringify({ runId, sequence, ...said })
}
