import { describe, expect, it } from 'vitest'
import { noUsage, type UsageReport, type UsageTotals } from '../../node/contract/usage.ts'
import { periodsUntil, periodStart } from './periods.ts'
import { chartData, maxSeries, measureOf } from './series.ts'

const nowMs = new Date('2026-11-25T14:20:00').getTime()

function totals(requests: number, tokens = requests * 10): UsageTotals {
  return { requests, failures: 0, promptTokens: tokens, completionTokens: tokens }
}

function report(grain: UsageReport['grain'], buckets: UsageReport['buckets']): UsageReport {
  return { grain, buckets, totals: noUsage }
}

const { startsMs } = periodsUntil('day', nowMs)
const options = { measure: 'answers', startsMs, onlyId: null, restLabel: 'Others' } as const

describe('the periods shown', () => {
  it.each([
    ['hour', 24],
    ['day', 30],
    ['month', 12],
  ] as const)('end with the present %s and follow each other without a gap', (grain, count) => {
    const periods = periodsUntil(grain, nowMs)
    expect(periods.startsMs).toHaveLength(count)
    expect(periods.startsMs.at(-1)).toBe(periodStart(grain, nowMs))
    expect(periods.toMs).toBeGreaterThan(nowMs)
    for (const [place, startMs] of periods.startsMs.entries()) {
      const nextMs = periods.startsMs[place + 1] ?? periods.toMs
      expect(periodStart(grain, nextMs - 1)).toBe(startMs)
    }
  })
})

describe('a report as a chart', () => {
  it('fills the days on which nothing happened', () => {
    const startMs = periodStart('day', nowMs) - 1
    const data = chartData(
      report('day', [{ startMs: periodStart('day', startMs), groups: [{ id: 'a', label: 'A', ...totals(3) }] }]),
      options,
    )
    expect(data.periods.map((period) => period.totals.requests)).toEqual([...Array<number>(28).fill(0), 3, 0])
  })

  it.each([-11, -5, 0, 5, 11])('puts a day that was counted in a zone %s hours away under its own name', (hours) => {
    const day = periodStart('day', nowMs)
    const data = chartData(
      report('day', [{ startMs: day + hours * 3_600_000, groups: [{ id: 'a', label: 'A', ...totals(1) }] }]),
      options,
    )
    expect(data.periods.at(-1)?.totals.requests).toBe(1)
  })

  it('names the largest groups and adds up the others, so that nothing is lost', () => {
    const groups = Array.from({ length: 9 }, (_, place) => ({
      id: `m${place}`,
      label: `M${place}`,
      ...totals(place + 1),
    }))
    const data = chartData(report('day', [{ startMs: periodStart('day', nowMs), groups }]), options)
    expect(data.series.map(({ label }) => label)).toEqual(['M8', 'M7', 'M6', 'M5', 'M4', 'Others'])
    expect(data.series).toHaveLength(maxSeries)
    expect(data.totals).toEqual(totals(45))
    expect(data.periods.at(-1)?.values.map((value) => measureOf('answers', value))).toEqual([9, 8, 7, 6, 5, 10])
  })

  it('orders by what is measured', () => {
    const groups = [
      { id: 'talker', label: 'Talker', ...totals(1, 500) },
      { id: 'asker', label: 'Asker', ...totals(9, 90) },
    ]
    const bucket = { startMs: periodStart('day', nowMs), groups }
    const byTokens = chartData(report('day', [bucket]), { ...options, measure: 'tokens' })
    expect(byTokens.series.map(({ id }) => id)).toEqual(['talker', 'asker'])
    expect(chartData(report('day', [bucket]), options).series.map(({ id }) => id)).toEqual(['asker', 'talker'])
  })

  it('shows one group alone when asked to', () => {
    const groups = [
      { id: 'a', label: 'A', ...totals(2) },
      { id: 'b', label: 'B', ...totals(7) },
    ]
    const data = chartData(report('day', [{ startMs: periodStart('day', nowMs), groups }]), { ...options, onlyId: 'a' })
    expect(data.series.map(({ id }) => id)).toEqual(['a'])
    expect(data.totals.requests).toBe(2)
  })
})
