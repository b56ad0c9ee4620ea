import type { UsageGrain } from '../../node/contract/usage.ts'

const hourMs = 3_600_000

/** How many hours, days or months the page looks back, the present one included. */
export const shownPeriods: Record<UsageGrain, number> = { hour: 24, day: 30, month: 12 }

const halfMs: Record<UsageGrain, number> = { hour: hourMs / 2, day: 12 * hourMs, month: 14 * 24 * hourMs }

/** The beginning of the hour, day or month of this computer's calendar that a moment lies in. */
export function periodStart(grain: UsageGrain, atMs: number): number {
  const at = new Date(atMs)
  // The hour an autumn clock repeats has two beginnings: count back from the moment, not from its name.
  if (grain === 'hour') return atMs - ((((atMs - at.getTimezoneOffset() * 60_000) % hourMs) + hourMs) % hourMs)
  return new Date(at.getFullYear(), at.getMonth(), grain === 'day' ? at.getDate() : 1).getTime()
}

function step(grain: UsageGrain, startMs: number, count: number): number {
  if (grain === 'hour') return startMs + count * hourMs
  const at = new Date(startMs)
  return grain === 'day'
    ? new Date(at.getFullYear(), at.getMonth(), at.getDate() + count).getTime()
    : new Date(at.getFullYear(), at.getMonth() + count, 1).getTime()
}

/** The periods the page shows, oldest first, and the time they span. */
export function periodsUntil(grain: UsageGrain, nowMs: number, count = shownPeriods[grain]) {
  const lastMs = periodStart(grain, nowMs)
  const startsMs = Array.from({ length: count }, (_, place) => step(grain, lastMs, place - count + 1))
  return { startsMs, fromMs: startsMs[0] ?? lastMs, toMs: step(grain, lastMs, 1) }
}

/**
 * Where a bucket of a report belongs among the shown periods.
 *
 * Days and months may have been counted in another time zone: the middle of a bucket decides.
 */
export function periodOfBucket(grain: UsageGrain, bucketStartMs: number): number {
  return periodStart(grain, bucketStartMs + halfMs[grain])
}
