import { fail, ok, type Result } from '../contract/result.ts'

const freeAttempts = 3
const maxWaitMs = 5 * 60_000

/** Slows down guessing: after three wrong passwords, each further one doubles the wait, up to 5 minutes. */
export class SlowDown {
  #failures = new Map<string, { count: number; lastMs: number }>()

  constructor(private readonly now: () => number) {}

  /** Whether another attempt is allowed now. An attempt refused here is not counted as a failure. */
  check(name: string): Result<void> {
    const failures = this.#failures.get(name)
    if (!failures || failures.count < freeAttempts) return ok()
    const waitMs = Math.min(1_000 * 2 ** (failures.count - freeAttempts), maxWaitMs)
    // A clock that was set back must not lengthen the wait.
    const leftMs = Math.min(failures.lastMs + waitMs - this.now(), waitMs)
    return leftMs <= 0 ? ok() : fail('slow_down', { seconds: Math.ceil(leftMs / 1_000) })
  }

  failed(name: string): void {
    const count = (this.#failures.get(name)?.count ?? 0) + 1
    this.#failures.set(name, { count, lastMs: this.now() })
  }

  succeeded(name: string): void {
    this.#failures.delete(name)
  }
}
