import { withDeadline } from '../../base/deadline.ts'
import type { Log } from '../../base/log.ts'
import { Serial } from '../../base/serial.ts'
import type { PoolId } from '../../contract/ids.ts'

/** Steps under way may finish within this; a store still open would keep the next sign-in out. */
const closeDeadlineMs = 1_000
/** How soon a read that lacked blocks is tried again. */
const retryMs = 2_000

/** Steps of a pool, one at a time. Those that lack blocks of a computer that is away are tried again. */
export class PoolQueue {
  readonly #serial = new Serial()
  readonly #retries = new Set<NodeJS.Timeout>()
  #isClosed = false

  constructor(
    private readonly poolId: PoolId,
    private readonly log: Log,
  ) {}

  get isClosed(): boolean {
    return this.#isClosed
  }

  run<T>(step: () => Promise<T>): Promise<T> {
    return this.#serial.run(step)
  }

  // Blocks may be missing while a writer is away: opening a pool never waits for them.
  inBackground(step: () => Promise<void>): void {
    if (this.#isClosed) return
    const unlessClosed = async (): Promise<void> => (this.#isClosed ? undefined : step())
    this.#serial.run(unlessClosed).catch((cause: unknown) => {
      if (this.#isClosed) return
      this.log.debug({ cause, pool: this.poolId }, 'pool read will be tried again')
      const timer = setTimeout(() => {
        this.#retries.delete(timer)
        this.inBackground(step)
      }, retryMs)
      this.#retries.add(timer)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#retries) clearTimeout(timer)
    // A read may be waiting for blocks of a computer that is away: closing the cores ends it.
    await withDeadline(this.#serial.idle(), closeDeadlineMs)
  }
}
