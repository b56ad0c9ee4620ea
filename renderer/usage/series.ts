import type { UsageReport, UsageTotals } from '../../node/contract/usage.ts'
import { noUsage } from '../../node/contract/usage.ts'
import { periodOfBucket } from './periods.ts'
import type { UsageMeasure } from '../state/usage-choice.ts'

/** Groups shown by name; the others are added up. */
export const maxSeries = 6

/** One colour and pattern of the chart. */
export interface Series {
  readonly id: string
  readonly label: string
  /** True for all that have no colour of their own. */
  readonly isRest: boolean
  readonly totals: UsageTotals
}

export interface Period {
  readonly startMs: number
  /** In the order of the series. */
  readonly values: readonly UsageTotals[]
  readonly totals: UsageTotals
}

export interface ChartData {
  readonly series: readonly Series[]
  /** One for each shown period, oldest first, empty ones included. */
  readonly periods: readonly Period[]
  readonly totals: UsageTotals
}

export function measureOf(measure: UsageMeasure, totals: UsageTotals): number {
  return measure === 'answers' ? totals.requests : totals.promptTokens + totals.completionTokens
}

function add(first: UsageTotals, second: UsageTotals): UsageTotals {
  return {
    requests: first.requests + second.requests,
    failures: first.failures + second.failures,
    promptTokens: first.promptTokens + second.promptTokens,
    completionTokens: first.completionTokens + second.completionTokens,
  }
}

interface ChartOptions {
  readonly measure: UsageMeasure
  readonly startsMs: readonly number[]
  /** Only this group; null for all. */
  readonly onlyId: string | null
  readonly restLabel: string
}

/** A report as the chart, its legend and its table show it: the largest groups by name, gaps filled. */
export function chartData(report: UsageReport, { measure, startsMs, onlyId, restLabel }: ChartOptions): ChartData {
  const groups = new Map<string, { label: string; totals: UsageTotals }>()
  const cells = new Map<number, Map<string, UsageTotals>>()
  for (const bucket of report.buckets) {
    const startMs = periodOfBucket(report.grain, bucket.startMs)
    const cell = cells.get(startMs) ?? new Map<string, UsageTotals>()
    cells.set(startMs, cell)
    for (const { id, label, ...totals } of bucket.groups) {
      if (onlyId !== null && id !== onlyId) continue
      cell.set(id, add(cell.get(id) ?? noUsage, totals))
      const group = groups.get(id)
      groups.set(id, {
        label: label === '' ? (group?.label ?? '') : label,
        totals: add(group?.totals ?? noUsage, totals),
      })
    }
  }
  const sorted = [...groups].sort(
    ([firstId, first], [secondId, second]) =>
      measureOf(measure, second.totals) - measureOf(measure, first.totals) || firstId.localeCompare(secondId),
  )
  // One place too few for the last group would be worse than naming it.
  const named = sorted.slice(0, sorted.length > maxSeries ? maxSeries - 1 : maxSeries)
  const rest = sorted.slice(named.length)
  const restIds = rest.map(([id]) => id)
  const series: Series[] = named.map(([id, { label, totals }]) => ({ id, label, totals, isRest: false }))
  if (rest.length > 0) {
    const totals = rest.reduce((sum, [, group]) => add(sum, group.totals), noUsage)
    series.push({ id: 'rest', label: restLabel, totals, isRest: true })
  }
  const periods = startsMs.map((startMs) => {
    const cell = cells.get(startMs)
    const values = series.map((one) =>
      one.isRest
        ? restIds.reduce((sum, id) => add(sum, cell?.get(id) ?? noUsage), noUsage)
        : (cell?.get(one.id) ?? noUsage),
    )
    return { startMs, values, totals: values.reduce(add, noUsage) }
  })
  return { series, periods, totals: series.reduce((sum, one) => add(sum, one.totals), noUsage) }
}
