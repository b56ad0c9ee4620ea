import { DateTime } from 'luxon'
import type { PoolId } from '../contract/ids.ts'
import { noUsage, type UsageGrain, type UsageGrouping, type UsageReport, type UsageTotals } from '../contract/usage.ts'
import type { usageRangeSchema } from '../contract/usage.ts'
import type { z } from 'zod'
import { plus } from './rollups.ts'
import { oldestHour, type CubeSide, type UsageCube } from './usage-cube.ts'
import { hourMs } from './usage-keys.ts'

export type UsageRange = z.infer<typeof usageRangeSchema>

export interface ReportQuery extends UsageRange {
  readonly grain: UsageGrain
  readonly groupBy: UsageGrouping
}

export interface ReportSources {
  readonly cube: UsageCube
  readonly poolIds: readonly PoolId[]
  readonly timeZone: string
  readonly nowMs: number
  /** The account a machine belongs to, where it is known. */
  readonly accountOf: (machine: string) => string | null
  /** The name that is shown for a key, model, account or machine. */
  readonly labelOf: (grouping: UsageGrouping, id: string) => string
}

/** The contract's bounds: more buckets drop the oldest, more groups are merged from the smallest. */
const maxBuckets = 10_000
const maxGroups = 1_000
const dayMs = 24 * hourMs

/**
 * Totals by bucket and group. Empty buckets are left out.
 *
 * A range that begins within the last 62 days is summed from hours, in days and months of the account's time
 * zone. An older range is summed from UTC days, in UTC days and months; at hour grain each day is one bucket.
 */
export function reportOf(query: ReportQuery, sources: ReportSources): UsageReport {
  const { grain, groupBy, direction, fromMs, toMs, poolId } = query
  const { cube, nowMs, timeZone, accountOf } = sources
  const unit = fromMs >= oldestHour(nowMs) * hourMs ? 'h' : 'd'
  const unitMs = unit === 'h' ? hourMs : dayMs
  const from = Math.floor(Math.max(0, fromMs) / unitMs)
  // What is dated later than now was written under a clock that was ahead: it is shown as of now.
  const now = Math.floor(nowMs / unitMs)
  const to = toMs >= nowMs ? Infinity : Math.ceil(Math.max(0, toMs) / unitMs)
  const startOf = memoized((index: number) => bucketStart(grain, index * unitMs, unit === 'h' ? timeZone : 'UTC'))
  // Consumed cells have no account side, so accounts come from machines; totals over all are summed over models.
  const isByMachine = groupBy === 'machine' || (groupBy === 'account' && direction === 'consumed')
  const side: CubeSide = isByMachine ? 'machine' : groupBy === 'none' ? 'model' : groupBy
  const groupOf = (id: string): string => {
    if (groupBy === 'none') return ''
    return groupBy === 'account' && direction === 'consumed' ? (accountOf(id) ?? '') : id
  }
  const buckets = new Map<number, Map<string, UsageTotals>>()
  let all: UsageTotals = noUsage
  for (const pool of poolId === null ? sources.poolIds : [poolId]) {
    for (const { index, id, totals } of cube.cells(pool, direction, side, unit, from, to)) {
      const startMs = startOf(Math.min(index, now))
      let groups = buckets.get(startMs)
      if (!groups) buckets.set(startMs, (groups = new Map<string, UsageTotals>()))
      const group = groupOf(id)
      groups.set(group, plus(groups.get(group) ?? noUsage, totals))
      all = plus(all, totals)
    }
  }
  const sorted = [...buckets].sort(([left], [right]) => left - right).slice(-maxBuckets)
  return {
    grain,
    totals: all,
    buckets: sorted.map(([startMs, groups]) => ({ startMs, groups: bounded(groups, groupBy, sources.labelOf) })),
  }
}

/** Totals of all pools since a time within the last two months. */
export function totalsSince(sources: ReportSources, direction: UsageRange['direction'], fromMs: number): UsageTotals {
  const query = { grain: 'month', groupBy: 'none', poolId: null, direction, fromMs, toMs: sources.nowMs } as const
  return reportOf(query, sources).totals
}

/** The first instant of today, or of this month, in a time zone. */
export function startOfPeriod(period: 'day' | 'month', atMs: number, timeZone: string): number {
  return bucketStart(period, atMs, timeZone)
}

function bucketStart(grain: UsageGrain, atMs: number, timeZone: string): number {
  if (grain === 'hour') return atMs
  const local = DateTime.fromMillis(atMs, { zone: timeZone })
  return (local.isValid ? local : DateTime.fromMillis(atMs, { zone: 'UTC' })).startOf(grain).toMillis()
}

function memoized(work: (index: number) => number): (index: number) => number {
  const known = new Map<number, number>()
  return (index) => {
    const before = known.get(index)
    if (before !== undefined) return before
    const made = work(index)
    known.set(index, made)
    return made
  }
}

function bounded(
  groups: ReadonlyMap<string, UsageTotals>,
  groupBy: UsageGrouping,
  labelOf: ReportSources['labelOf'],
): UsageReport['buckets'][number]['groups'] {
  const size = (totals: UsageTotals): number => totals.promptTokens + totals.completionTokens
  const sorted = [...groups].sort(([, left], [, right]) => size(right) - size(left))
  const shown = sorted.length > maxGroups ? sorted.slice(0, maxGroups - 1) : sorted
  const named = shown.map(([id, totals]) => ({
    id: id.slice(0, 200),
    label: groupBy === 'none' ? '' : labelOf(groupBy, id).slice(0, 200),
    ...totals,
  }))
  const rest = sorted.slice(shown.length).reduce((sum, [, totals]) => plus(sum, totals), noUsage)
  return rest.requests > 0 ? [...named, { id: 'other', label: '', ...rest }] : named
}
