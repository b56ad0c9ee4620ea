import { describe, expect, it } from 'vitest'
import type { LimitName, LimitState } from '../contract/limits.ts'
import { duration, rateLimitHeaders } from './rate-limit-headers.ts'

const nowMs = 1_000_000

function state(name: LimitName, left: number, inMs: number | null): LimitState {
  return { name, limit: 100, used: 100 - left, left, resetsAtMs: inMs === null ? null : nowMs + inMs, wouldRefuse: 0 }
}

describe('limit headers', () => {
  it.each([
    [-5, '0ms'],
    [0, '0ms'],
    [12, '12ms'],
    [999.2, '1000ms'],
    [1_000, '1s'],
    [1_001, '2s'],
    [59_000, '59s'],
    [360_000, '6m0s'],
    [3_600_000, '1h0m0s'],
    [95_461_000, '26h31m1s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })

  it('reports the tightest limit of each kind, and the longer wait of two that are equal', () => {
    const states = [
      state('requestsPerMinute', 9, 30_000),
      state('requestsPerDay', 2, 7_200_000),
      state('requestsPerMonth', 2, 86_400_000),
      state('tokensPerHour', 40, 90_000),
      state('concurrentRequests', 0, null),
    ]
    expect(rateLimitHeaders(states, nowMs)).toEqual({
      'x-ratelimit-limit-requests': '100',
      'x-ratelimit-remaining-requests': '2',
      'x-ratelimit-reset-requests': '24h0m0s',
      'x-ratelimit-limit-tokens': '100',
      'x-ratelimit-remaining-tokens': '40',
      'x-ratelimit-reset-tokens': '1m30s',
    })
  })

  it('says nothing where there is no limit', () => {
    expect(rateLimitHeaders([], nowMs)).toEqual({})
  })
})
