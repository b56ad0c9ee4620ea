import { describe, expect, it } from 'vitest'
import { SlowDown } from './slow-down.ts'

describe('the slow-down after wrong passwords', () => {
  it('lets three pass, then doubles the wait up to five minutes', () => {
    let nowMs = 0
    const slowDown = new SlowDown(() => nowMs)
    const waits: number[] = []
    for (let attempt = 0; attempt < 14; attempt++) {
      const allowed = slowDown.check('sam')
      if (!allowed.ok) {
        const seconds = Number(allowed.error.details['seconds'])
        nowMs += seconds * 1_000 - 1
        expect(slowDown.check('sam').ok).toBe(false)
        nowMs += 1
        waits.push(seconds)
      }
      expect(slowDown.check('sam').ok).toBe(true)
      slowDown.failed('sam')
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
  })

  it('holds each account apart, and ends with the right password', () => {
    const slowDown = new SlowDown(() => 0)
    for (let attempt = 0; attempt < 4; attempt++) slowDown.failed('sam')
    expect(slowDown.check('kim').ok).toBe(true)
    expect(slowDown.check('sam')).toMatchObject({ error: { code: 'slow_down', details: { seconds: 2 } } })
    slowDown.succeeded('sam')
    expect(slowDown.check('sam').ok).toBe(true)
  })

  it('does not wait longer because the clock was set back', () => {
    let nowMs = 1_000_000
    const slowDown = new SlowDown(() => nowMs)
    for (let attempt = 0; attempt < 3; attempt++) slowDown.failed('sam')
    nowMs = 0
    expect(slowDown.check('sam')).toMatchObject({ error: { details: { seconds: 1 } } })
  })
})
