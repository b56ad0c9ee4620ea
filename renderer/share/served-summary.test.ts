import { describe, expect, it } from 'vitest'
import { servedMinutes, servedSummary } from './served-summary.ts'

describe('what was served', () => {
  it('is summed up and counted back from now', () => {
    expect(servedSummary([0, 3, 1])).toEqual({ total: 4, most: 3 })
    expect(servedSummary([])).toEqual({ total: 0, most: 0 })
    expect(servedMinutes([0, 3, 1]).map((minute) => minute.minutesAgo)).toEqual([2, 1, 0])
  })
})
