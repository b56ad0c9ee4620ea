import { beforeAll, describe, expect, it } from 'vitest'
import { formatCompact, formatPeriod, formatRelative } from './format.ts'
import { startTexts } from './i18n.ts'

const nowMs = new Date('2026-11-25T14:20:00').getTime()
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

beforeAll(startTexts)

describe('a moment as seen from now', () => {
  it.each([
    [-4 * minuteMs, '4 minutes ago'],
    [-26 * hourMs, '1 day ago'],
    [40_000, 'in 40 seconds'],
    [25 * minuteMs, 'in 25 minutes'],
    [5 * hourMs, 'in 5 hours'],
    [6 * dayMs, 'in 6 days'],
    [90 * dayMs, 'February 23, 2027'],
  ])('%s ms away is %s', (distanceMs, words) => {
    expect(formatRelative(nowMs + distanceMs, nowMs)).toBe(words)
  })

  it('is rounded up when it is to come, so that nothing starts anew in no time', () => {
    expect(formatRelative(nowMs + 1, nowMs)).toBe('in 1 second')
    expect(formatRelative(nowMs + hourMs + 1, nowMs)).toBe('in 2 hours')
  })
})

describe('periods and axes', () => {
  it('are short on an axis and whole elsewhere', () => {
    expect(formatPeriod('day', nowMs, true)).toBe('Nov 25')
    expect(formatPeriod('day', nowMs)).toBe('Wed, Nov 25')
    expect(formatPeriod('month', nowMs)).toBe('November 2026')
    expect(formatCompact(12_345)).toBe('12.3K')
  })
})
