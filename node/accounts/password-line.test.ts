import { describe, expect, it } from 'vitest'
import { fail, ok } from '../contract/result.ts'
import { longestWaitMs, PasswordLine } from './password-line.ts'

describe('the line of passwords that programs try', () => {
  function bench() {
    let nowMs = 0
    const pauses: number[] = []
    const line = new PasswordLine({
      now: () => nowMs,
      pause: (ms) => {
        pauses.push(ms)
        nowMs += ms
        return Promise.resolve()
      },
    })
    const wrong = () => line.run(() => Promise.resolve(fail('credentials_wrong')))
    const right = () => line.run(() => Promise.resolve(ok('in')))
    return { line, pauses, wrong, right, pass: (ms: number) => (nowMs += ms) }
  }

  it('lets three wrong ones pass, then waits longer and longer, up to four seconds', async () => {
    const { wrong, pauses } = bench()
    for (let attempt = 0; attempt < 12; attempt += 1) await wrong()
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000, 4_000])
  })

  it('never locks anybody out: the right one is answered in its turn, and does not help the guesser', async () => {
    const { wrong, right, pauses } = bench()
    for (let attempt = 0; attempt < 20; attempt += 1) await wrong()
    pauses.length = 0
    expect(await right()).toEqual(ok('in'))
    expect(pauses.every((ms) => ms <= 4_000)).toBe(true)
    await wrong()
    expect(pauses.at(-1)).toBe(4_000)
  })

  it('forgets: some minutes after the last guess nobody waits', async () => {
    const { wrong, right, pauses, pass } = bench()
    for (let attempt = 0; attempt < 100; attempt += 1) await wrong()
    pass(5 * 60_000)
    pauses.length = 0
    await right()
    expect(pauses).toEqual([])
  })

  it('checks one at a time, and sends away who finds all places taken', async () => {
    const { line } = bench()
    let atOnce = 0
    let most = 0
    const opened: (() => void)[] = []
    const slow = () =>
      line.run(async () => {
        atOnce += 1
        most = Math.max(most, atOnce)
        await new Promise<void>((resolve) => opened.push(resolve))
        atOnce -= 1
        return fail('credentials_wrong')
      })
    const waiting = Array.from({ length: 8 }, slow)
    expect(await slow()).toMatchObject({ error: { code: 'slow_down', details: { seconds: 1 } } })
    for (let turn = 0; turn < 8; turn += 1) {
      await expect.poll(() => opened.length).toBe(turn + 1)
      opened[turn]?.()
    }
    expect((await Promise.all(waiting)).every((result) => !result.ok)).toBe(true)
    expect(most).toBe(1)
    expect(await line.run(() => Promise.resolve(ok('a place again')))).toEqual(ok('a place again'))
  })

  it('answers a right password within the stated time where it is the last in a line of wrong ones', async () => {
    const { line, pauses, wrong } = bench()
    for (let attempt = 0; attempt < 10; attempt += 1) await wrong()
    pauses.length = 0
    const crowd = Array.from({ length: 7 }, wrong)
    expect(await line.run(() => Promise.resolve(ok('in')))).toEqual(ok('in'))
    await Promise.all(crowd)
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(longestWaitMs)
  })
})
