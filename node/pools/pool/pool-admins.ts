import type { Log } from '../../base/log.ts'
import type { PoolId } from '../../contract/ids.ts'
import type { AdminDecisions } from './admin-merge.ts'
import { AdminRecords } from './admin-records.ts'
import { takeOver } from './admin-takeover.ts'
import type { DeviceBees } from './device-bees.ts'
import type { Directory } from './membership.ts'
import type { PoolAuthor } from './pool-author.ts'
import { PoolQueue } from './pool-queue.ts'

export interface PoolAdminsOptions {
  readonly poolId: PoolId
  readonly bees: DeviceBees
  readonly directory: () => Directory | null
  readonly author: () => PoolAuthor | null
  /** Steps that read and then write the directory run one at a time. */
  readonly exclusively: (step: () => Promise<void>) => Promise<void>
  /** Reads the directory again; runs within `exclusively`. */
  readonly reread: () => Promise<void>
  readonly onChange: () => void
  readonly log: Log
}

/** Follows the decisions that admins write into their own bees. The manager copies them into the directory. */
export class PoolAdmins {
  readonly #records: AdminRecords
  /** Separate from the pool's queue, because a read may wait for blocks of an admin who is away. */
  readonly #reads: PoolQueue

  constructor(private readonly options: PoolAdminsOptions) {
    const { poolId, bees, log } = options
    this.#records = new AdminRecords(poolId, bees)
    this.#reads = new PoolQueue(poolId, log)
    bees.follow(({ kind, bee }) => {
      if (kind === 'member') bee.onAppend(() => this.lookAgain())
    })
  }

  /** Decisions of admins that the directory does not hold yet. */
  get decisions(): AdminDecisions {
    return this.#records.decisions(this.options.directory())
  }

  lookAgain(): void {
    this.#reads.inBackground(() => this.refresh())
  }

  /** Reads the admins' records. Must not run within `exclusively`, because it may wait for blocks. */
  async refresh(): Promise<void> {
    const directory = this.options.directory()
    if (!directory || this.#reads.isClosed) return
    const { isChanged, isComplete } = await this.#records.refresh(directory)
    if (isChanged) this.options.onChange()
    if (this.options.author()) await this.options.exclusively(() => this.#takeOver())
    if (!isComplete) throw new Error('Not all that admins wrote could be read yet')
  }

  close(): Promise<void> {
    return this.#reads.close()
  }

  async #takeOver(): Promise<void> {
    const directory = this.options.directory()
    const author = this.options.author()
    if (!directory || !author || this.#reads.isClosed) return
    if (await takeOver(author.edits, directory, this.decisions)) await this.options.reread()
  }
}
