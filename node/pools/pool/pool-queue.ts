import { withDeadline } from '../../base/deadline.ts'
import type { Log } from '../../base/log.ts'
import { Serial } from '../../base/serial.ts'
import type { PoolId } from '../../contract/ids.ts'

/** Steps under way may finish within this; longer would keep the store open and block the next sign-in. */
const closeDeadlineMs = 1_000
/** When a failed read is tried again. */
const retryMs = 2_000

/** Runs steps of a pool one at a time, and repeats background steps that fail, as when blocks are missing. */
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

  // Blocks may be missing while their writer is away, and opening a pool must not wait for them.
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
    // A read may still wait for blocks of a device that is away; closing the cores ends it.
    await withDeadline(this.#serial.idle(), closeDeadlineMs)
  }
}
