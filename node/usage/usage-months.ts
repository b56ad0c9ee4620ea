import { DateTime } from 'luxon'
import type { Pool } from '../pools/pool/pool.ts'
import { plus, rollupSchema, type Rollup } from './rollups.ts'
import { usageKeys } from './usage-keys.ts'

/** Receipts are kept for this many months before the current one; after that only monthly totals. */
export const monthsKept = 13

/**
 * Drops the receipts of old months, after copying their monthly totals into the usage bee that belongs to no
 * month. Returns the dropped months.
 */
export async function dropOldMonths(pool: Pick<Pool, 'bees' | 'usage'>, nowMs: number): Promise<string[]> {
  const oldest = DateTime.fromMillis(nowMs, { zone: 'UTC' }).minus({ months: monthsKept }).toFormat('yyyy-MM')
  const own = pool.bees.all.filter((one) => one.isOwn && one.kind === 'usage')
  const kept = own.findLast(({ month }) => month === '')
  const months = new Set(own.map(({ month }) => month).filter((month) => month !== '' && month < oldest))
  if (!kept) return []
  for (const month of months) {
    const rollups = new Map<string, Rollup>()
    for (const { bee } of own.filter((one) => one.month === month)) {
      for (const { key, value } of await bee.list(usageKeys.rollups('month'), rollupSchema)) {
        const before = rollups.get(key)
        rollups.set(key, before ? { ...value, ...plus(before, value) } : value)
      }
    }
    // Totals are set, not added, so that repeating this after a crash changes nothing.
    await kept.bee.update([...rollups].map(([key, value]) => [usageKeys.rollups('month') + key, () => value] as const))
    await pool.usage.drop(month)
  }
  return [...months]
}
