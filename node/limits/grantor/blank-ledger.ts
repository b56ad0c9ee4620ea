import type { GrantorTotal, HolderRow } from '../../protocol/messages/lease-ledger.ts'

/** A holder of whom nothing is known yet. */
export function blankRow(memory: string, seenMs: number): HolderRow {
  return { memory, sequence: 0, answeredSequence: 0, seenMs, cells: {}, share: null, previousShare: null }
}

/** Sequence numbers of plan leases begin at the time, so that a lost record never makes one twice. */
export function blankTotal(nowMs: number): GrantorTotal {
  return { cells: {}, carried: [], nextSequence: nowMs, tenure: 0, awaited: null }
}
