import { grantorTotalSchema, holderRowSchema } from '../protocol/messages/lease-ledger.ts'
import type { Bee } from '../state/bee.ts'
import type { GrantorTime } from './grantor/ledger-counts.ts'
import { holderRecordSchema } from './holder/holder-records.ts'
import { HeldBudget } from './holder/held-budget.ts'
import { limitKeys } from './limit-keys.ts'
import { slotLapseMs } from './times.ts'

/** Windows are kept for a while after they end, for clocks that are wrong. */
const keptMs = 2 * 86_400_000

/**
 * Drops the records of windows that are long over and of shares that have run out.
 *
 * What was counted here stays until its window has really been over for so long: the clock may have been set.
 */
export async function sweep(bee: Bee, { nowMs, realMs }: GrantorTime): Promise<void> {
  const overMs = nowMs - keptMs
  const held = await bee.list(limitKeys.allHeld, holderRecordSchema)
  const rows = await bee.list(limitKeys.allRows, holderRowSchema)
  const totals = await bee.list(limitKeys.allTotals, grantorTotalSchema)
  const idle = new Set(
    totals
      .filter(({ value }) => {
        const ends = Object.entries(value.cells).map(([name, { endMs }]) => (name === 'concurrentRequests' ? 0 : endMs))
        const isOver = Object.entries(value.cells).every(
          ([name, { dueMs }]) => name === 'concurrentRequests' || dueMs < realMs - keptMs,
        )
        return (
          isOver &&
          value.carried.every(({ expiresAtMs }) => expiresAtMs + slotLapseMs < overMs) &&
          Math.max(0, ...ends) < overMs
        )
      })
      .map(({ key }) => key),
  )
  const over = [
    ...held.filter(({ value }) => new HeldBudget(value).isOver(overMs)).map(({ key }) => limitKeys.allHeld + key),
    ...rows
      .filter(({ key, value }) => {
        const shareEndMs = Math.max(value.share?.untilMs ?? 0, value.previousShare?.untilMs ?? 0, value.seenMs)
        return shareEndMs < overMs && idle.has(key.slice(0, key.lastIndexOf('/')))
      })
      .map(({ key }) => limitKeys.allRows + key),
    // The counter of plan leases begins at the time again, which is higher than it was.
    ...[...idle].map((key) => limitKeys.allTotals + key),
  ]
  if (over.length > 0) await bee.update(over.map((key) => [key, () => undefined] as const))
}
