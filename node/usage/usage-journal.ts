import { z } from 'zod'
import { GroupCommit } from '../base/group-commit.ts'
import type { AttemptId, PoolId } from '../contract/ids.ts'
import { deviceIdSchema } from '../contract/ids.ts'
import type { UsageDirection } from '../contract/usage.ts'
import { wireReceiptSchema } from '../protocol/messages/usage-messages.ts'
import type { Bee, RecordChange } from '../state/bee.ts'

/** Milliseconds that writes are gathered into one batch; no generation waits for its receipt. */
export const gatherMs = 50

/** Entries are dropped after this long, as the other device is not expected back. */
const journalDays = 30

/** The most tokens an attempt can have used, as its gateway knows from the request. */
const boundsSchema = z.object({ promptTokens: z.number(), completionTokens: z.number() })
export type ReceiptBounds = z.infer<typeof boundsSchema>

const entrySchema = z.discriminatedUnion('state', [
  /** Accepted and running; after a crash the gateway's receipt is taken. */
  z.object({ state: z.literal('open'), gatewayDeviceId: deviceIdSchema, madeAtMs: z.number() }),
  /**
   * `begun`: the receipt of a running attempt, for the case that its gateway crashes.
   * `receipt`: a receipt that is still to be written, or signed or confirmed by the other side.
   */
  z.object({
    state: z.enum(['begun', 'receipt']),
    receipt: wireReceiptSchema,
    replaces: wireReceiptSchema.nullable(),
    bounds: boundsSchema.nullable(),
    madeAtMs: z.number(),
  }),
])
export type JournalEntry = z.infer<typeof entrySchema>

export interface JournalItem {
  readonly direction: UsageDirection
  readonly attemptId: AttemptId
  readonly entry: JournalEntry
}

const journalKey = (poolId: PoolId): string => `v1/usage-journal/${poolId}/`

/**
 * The unfinished receipts of one pool, in the local store. They are written here before the usage bee, so that a
 * crash in between loses nothing; the bee counts a receipt that is written again only once.
 */
export class UsageJournal {
  readonly #entries = new Map<string, JournalEntry>()
  readonly #commits: GroupCommit<string>

  constructor(
    local: Bee,
    private readonly poolId: PoolId,
    private readonly nowMs: () => number,
  ) {
    const changeOf = (name: string): RecordChange => [
      journalKey(poolId) + name,
      (stored) => this.#entries.get(name) ?? gone(stored),
    ]
    this.#commits = new GroupCommit({ write: (names) => local.update(names.map(changeOf)), gatherMs })
  }

  async open(local: Bee): Promise<void> {
    for (const { key, value } of await local.list(journalKey(this.poolId), entrySchema)) {
      // An entry that was put while this was opening is newer.
      if (!this.#entries.has(key)) this.#entries.set(key, value)
    }
    const oldestMs = this.nowMs() - journalDays * 86_400_000
    const old = [...this.#entries].filter(([, { madeAtMs }]) => madeAtMs < oldestMs)
    await Promise.all(old.map(([name]) => this.#removeName(name)))
  }

  get(direction: UsageDirection, attemptId: AttemptId): JournalEntry | null {
    return this.#entries.get(nameOf(direction, attemptId)) ?? null
  }

  items(): JournalItem[] {
    return [...this.#entries].map(([name, entry]) => {
      const [direction = '', attemptId = ''] = name.split('/')
      return { direction: direction as UsageDirection, attemptId: attemptId as AttemptId, entry }
    })
  }

  /** Resolves when it is flushed. */
  put(direction: UsageDirection, attemptId: AttemptId, entry: JournalEntry): Promise<void> {
    const name = nameOf(direction, attemptId)
    this.#entries.set(name, entry)
    return this.#commits.add(name)
  }

  remove(direction: UsageDirection, attemptId: AttemptId): Promise<void> {
    return this.#removeName(nameOf(direction, attemptId))
  }

  flush(): Promise<void> {
    return this.#commits.flush()
  }

  async #removeName(name: string): Promise<void> {
    if (this.#entries.delete(name)) await this.#commits.add(name)
  }
}

function nameOf(direction: UsageDirection, attemptId: AttemptId): string {
  return `${direction}/${attemptId}`
}

/** Removes a record if there is one. */
function gone(stored: unknown): unknown {
  return stored === null ? stored : undefined
}
