import { z } from 'zod'
import { GroupCommit } from '../base/group-commit.ts'
import type { Receipt, UsageDirection } from '../contract/usage.ts'
import { wireReceiptSchema } from '../protocol/messages/usage-messages.ts'
import type { Bee, RecordChange } from '../state/bee.ts'
import { RollupChanges, rollupKeysOf } from './rollups.ts'
import { packReceipt, stateOf, unpackReceipt, type SignedReceipt } from './signed-receipt.ts'
import { gatherMs } from './usage-journal.ts'
import { monthOf, receiptKey } from './usage-keys.ts'

/** A receipt as a usage bee holds it, with the directions in which it counts there. */
export const storedReceiptSchema = wireReceiptSchema.extend({
  counts: z.enum(['served', 'consumed', 'both']),
  /** When it came to this device by its clock, where that differs from the receipt's by minutes. */
  heardAtMs: z.number().int().min(0).max(8_000_000_000_000_000).optional(),
})
export type StoredReceipt = z.infer<typeof storedReceiptSchema>

/** The bees a device has for a month: the one it writes, and those of earlier epochs of the read keys. */
export interface MonthBees {
  readonly current: Bee
  readonly earlier: readonly Bee[]
}

interface Entry {
  readonly signed: SignedReceipt
  readonly direction: UsageDirection
  /** The receipt that this replaces: one that the gateway signed alone before it had the processor's. */
  readonly replaces: SignedReceipt | null
  readonly heardAtMs: number | null
}

/** Stronger evidence replaces weaker. */
const rank = { 'gateway-attested': 1, 'half-signed': 2, countersigned: 3 } as const

/**
 * Writes this device's receipts in one pool: receipts and rollups in one batch, many receipts at a time.
 *
 * Each receipt counts once per direction, however often it is recorded.
 */
export class ReceiptStore {
  readonly #commits = new GroupCommit<Entry>({ write: (entries) => this.#write(entries), gatherMs })

  constructor(
    /** Null before the pool's read keys have arrived. */
    private readonly beesOf: (month: string) => Promise<MonthBees | null>,
  ) {}

  /** Resolves when receipt and rollups are flushed; rejects if not, with UsageNotReady before there are read keys. */
  record(
    signed: SignedReceipt,
    direction: UsageDirection,
    replaces: SignedReceipt | null = null,
    heardAtMs: number | null = null,
  ): Promise<void> {
    return this.#commits.add({ signed, direction, replaces, heardAtMs })
  }

  flush(): Promise<void> {
    return this.#commits.flush()
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    const months = new Set(entries.map(({ signed }) => monthOf(signed.receipt.finishedAtMs)))
    for (const month of months) {
      const group = entries.filter(({ signed }) => monthOf(signed.receipt.finishedAtMs) === month)
      await this.#writeMonth(month, group)
    }
    for (const { signed, direction, replaces } of entries) {
      if (replaces && keyOf(replaces.receipt) !== keyOf(signed.receipt)) await this.#remove(replaces, direction)
    }
  }

  async #writeMonth(month: string, entries: readonly Entry[]): Promise<void> {
    const bees = await this.beesOf(month)
    if (!bees) throw new UsageNotReady()
    const rollups = new RollupChanges()
    const changes: RecordChange[] = []
    for (const entry of entries) {
      const key = keyOf(entry.signed.receipt)
      const counted = await countedIn(bees.earlier, key)
      changes.push([key, (stored) => merge(stored, entry, counted, rollups)])
    }
    await bees.current.update([...changes, ...rollupChanges(entries, rollups)])
  }

  /** Removes a replaced receipt. One in a bee of an earlier epoch is left there. */
  async #remove(signed: SignedReceipt, direction: UsageDirection): Promise<void> {
    const bees = await this.beesOf(monthOf(signed.receipt.finishedAtMs))
    if (!bees) throw new UsageNotReady()
    const rollups = new RollupChanges()
    const take = (stored: unknown): unknown => {
      const parsed = storedReceiptSchema.safeParse(stored)
      if (!parsed.success || parsed.data.record !== signed.record) return stored
      const { counts } = parsed.data
      if (counts !== 'both' && counts !== direction) return stored
      rollups.add(signed.receipt, direction, -1)
      if (counts !== 'both') return undefined
      return { ...parsed.data, counts: direction === 'served' ? 'consumed' : 'served' }
    }
    await bees.current.update([
      [keyOf(signed.receipt), take],
      ...rollupChanges([{ signed, direction, replaces: null, heardAtMs: null }], rollups),
    ])
  }
}

/** The pool's read keys have not arrived yet: the receipt waits in the journal. */
export class UsageNotReady extends Error {
  override readonly name = 'UsageNotReady'
}

function keyOf({ finishedAtMs, attemptId }: Receipt): string {
  return receiptKey(finishedAtMs, attemptId)
}

function rollupChanges(entries: readonly Entry[], rollups: RollupChanges): RecordChange[] {
  const keys = new Set(
    entries.flatMap(({ signed, direction, replaces }) =>
      [signed, ...(replaces ? [replaces] : [])].flatMap(({ receipt }) => rollupKeysOf(receipt, direction)),
    ),
  )
  return [...keys].map((key) => [key, (stored) => (rollups.has(key) ? rollups.applyTo(key, stored) : stored)] as const)
}

/** The directions in which bees of earlier epochs count this receipt. */
async function countedIn(bees: readonly Bee[], key: string): Promise<StoredReceipt['counts'] | null> {
  let counted: StoredReceipt['counts'] | null = null
  for (const bee of bees) {
    const stored = await bee.get(key, storedReceiptSchema)
    if (stored) counted = counted === null || counted === stored.counts ? stored.counts : 'both'
  }
  return counted
}

function merge(
  stored: unknown,
  { signed, direction, replaces, heardAtMs }: Entry,
  countedBefore: StoredReceipt['counts'] | null,
  rollups: RollupChanges,
): unknown {
  const parsed = storedReceiptSchema.safeParse(stored)
  const before = parsed.success ? parsed.data : null
  const heardAt = before?.heardAtMs ?? heardAtMs
  const heard = heardAt === null ? {} : { heardAtMs: heardAt }
  const known = before ? unpackReceipt(before) : null
  const isCounted = (counts: StoredReceipt['counts'] | null): boolean => counts === 'both' || counts === direction
  if (!before || !known) {
    if (!isCounted(countedBefore)) rollups.add(signed.receipt, direction, 1)
    return { ...packReceipt(signed), counts: direction, ...heard }
  }
  if (known.record !== signed.record) {
    // Two different records under one key: the first stays unless it is replaced, so that totals match receipts.
    if (known.record !== replaces?.record || before.counts !== direction) return stored
    rollups.add(known.receipt, direction, -1)
    rollups.add(signed.receipt, direction, 1)
    return { ...packReceipt(signed), counts: direction, ...heard }
  }
  const isBetter = rank[stateOf(signed)] > rank[stateOf(known)]
  const kept = isBetter ? signed : known
  if (!isCounted(before.counts)) rollups.add(kept.receipt, direction, 1)
  const counts = isCounted(before.counts) ? before.counts : 'both'
  return isBetter || counts !== before.counts ? { ...packReceipt(kept), counts, ...heard } : stored
}
