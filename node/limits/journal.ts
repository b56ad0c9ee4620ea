import { GroupCommit } from '../base/group-commit.ts'
import type { Bee } from '../state/bee.ts'

/**
 * Writes records of one bee in groups: whatever changes while a write is under way goes into the next.
 *
 * A request waits for its write, so there is no timer; many changes of a busy moment still cost one write.
 */
export class Journal {
  readonly #dirty = new Map<string, () => unknown>()
  readonly #commits = new GroupCommit<void>({ write: () => this.#write() })

  constructor(private readonly bee: Bee) {}

  /** Notes that a record has changed; `value` is read when it is written, `undefined` removes it. */
  note(key: string, value: () => unknown): void {
    this.#dirty.set(key, value)
  }

  /** Resolves when everything noted so far is on disk; rejects when it could not be written. */
  async written(): Promise<void> {
    if (this.#dirty.size > 0 || !this.#commits.isIdle) await this.#commits.add()
  }

  async #write(): Promise<void> {
    if (this.#dirty.size === 0) return
    const changes = [...this.#dirty].map(([key, value]) => [key, value()] as const)
    this.#dirty.clear()
    try {
      await this.bee.update(changes.map(([key, value]) => [key, () => value] as const))
    } catch (cause) {
      // Tried again with the next write: a lost change would be spent twice after a crash.
      for (const [key, value] of changes) if (!this.#dirty.has(key)) this.#dirty.set(key, () => value)
      throw cause
    }
  }
}
