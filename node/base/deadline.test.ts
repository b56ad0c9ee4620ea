import { describe, expect, it } from 'vitest'
import { delay, whenAborted, withDeadline } from './deadline.ts'

const never = new Promise<never>(() => undefined)

describe('withDeadline', () => {
  it('answers the value of a promise that settles in time', async () => {
    expect(await withDeadline(Promise.resolve(7), 1_000)).toEqual({ inTime: true, value: 7 })
  })

  it('gives up on one that does not', async () => {
    expect(await withDeadline(never, 5)).toEqual({ inTime: false })
  })

  it('passes a rejection on', async () => {
    await expect(withDeadline(Promise.reject(new Error('no')), 1_000)).rejects.toThrow('no')
  })

  it('leaves no unhandled rejection behind when the promise fails too late', async () => {
    const unhandled: unknown[] = []
    const note = (cause: unknown): unknown => unhandled.push(cause)
    process.on('unhandledRejection', note)
    let failLate: (cause: Error) => void = () => undefined
    const late = new Promise<void>((_resolve, reject) => {
      failLate = reject
    })
    expect(await withDeadline(late, 1)).toEqual({ inTime: false })
    failLate(new Error('late'))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('delay', () => {
  it('says whether the whole time passed', async () => {
    expect(await delay(1)).toBe(true)
    expect(await delay(60_000, AbortSignal.abort())).toBe(false)
    expect(await delay(60_000, AbortSignal.timeout(1))).toBe(false)
  })
})

describe('whenAborted', () => {
  it('resolves for a signal that has fired and for one that fires', async () => {
    await whenAborted(AbortSignal.abort())
    await whenAborted(AbortSignal.timeout(1))
  })
})
