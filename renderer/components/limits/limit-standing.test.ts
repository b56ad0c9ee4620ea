import { describe, expect, it } from 'vitest'
import { standingOf } from './limit-standing.ts'

const state = { name: 'requestsPerMinute', limit: 10, used: 10, left: 0, resetsAtMs: 2_000, wouldRefuse: 0 } as const

describe('how a limit stands', () => {
  it('is spent until its window ends', () => {
    expect(standingOf(state, 1_999)).toEqual({
      used: 10,
      left: 0,
      limit: 10,
      portion: 1,
      isSpent: true,
      resetsAtMs: 2_000,
    })
  })

  it('is whole again once its window has ended, whether or not anybody said so', () => {
    expect(standingOf(state, 2_000)).toMatchObject({ used: 0, left: 10, portion: 0, isSpent: false, resetsAtMs: null })
  })

  it('never shows more than the whole, even when more was used in shadow mode', () => {
    expect(standingOf({ ...state, used: 25, wouldRefuse: 15 }, 0).portion).toBe(1)
  })
})
