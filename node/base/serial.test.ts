import { describe, expect, it } from 'vitest'
import { Serial } from './serial.ts'

describe('Serial', () => {
  it('runs one step after another, in the order in which they came', async () => {
    const serial = new Serial()
    const seen: string[] = []
    const step = (name: string, waitMs: number) => async (): Promise<string> => {
      seen.push(`${name} begins`)
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      seen.push(`${name} ends`)
      return name
    }
    expect(await Promise.all([serial.run(step('a', 5)), serial.run(step('b', 0))])).toEqual(['a', 'b'])
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  })

  it('begins no step before its caller has gone on', async () => {
    let hasBegun = false
    const done = new Serial().run(async () => {
      hasBegun = true
    })
    expect(hasBegun).toBe(false)
    await done
  })

  it('goes on after a step that failed, and tells its caller alone', async () => {
    const serial = new Serial()
    const failing = serial.run(() => Promise.reject(new Error('no')))
    const next = serial.run(() => Promise.resolve(1))
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe(1)
  })

  it('is idle when what was queued so far is over, whatever comes later', async () => {
    const serial = new Serial()
    let isOver = false
    void serial.run(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      isOver = true
    })
    const idle = serial.idle()
    void serial.run(() => new Promise<void>(() => undefined))
    await idle
    expect(isOver).toBe(true)
  })
})
