import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DeadlineClock, defaultDeadlines, type GenerationWait } from './deadlines.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function start() {
  const codes: string[] = []
  const clock = new DeadlineClock(
    defaultDeadlines,
    () => 'Box',
    ({ code }) => codes.push(code),
  )
  const repeat = async (waits: readonly GenerationWait[], everyMs: number, lastMs: number): Promise<void> => {
    for (let ms = 0; ms < lastMs && codes.length === 0; ms += everyMs) {
      clock.enter(waits[(ms / everyMs) % waits.length] ?? 'connect')
      await vi.advanceTimersByTimeAsync(everyMs)
    }
  }
  return { clock, codes, repeat }
}

describe('a machine that only shows signs of life', () => {
  it.each([
    ['loads', ['load'], 'load_timeout'],
    ['reads', ['firstToken'], 'first_token_timeout'],
    ['loads and reads in turn', ['load', 'firstToken'], 'load_timeout'],
  ] as const)('holds its caller for five minutes where it %s, and no longer', async (_what, waits, code) => {
    const { codes, repeat } = start()
    await repeat(waits, 10_000, defaultDeadlines.prepareMs - 10_000)
    expect(codes).toEqual([])
    await repeat(waits, 10_000, 10_001)
    expect(codes).toEqual([code])
  })

  it('may say how the queue moves for an hour, which does not count as its work', async () => {
    const { clock, codes, repeat } = start()
    await repeat(['queue'], 60_000, defaultDeadlines.queueMs - 60_000)
    expect(codes).toEqual([])
    clock.enter('betweenTokens')
    await repeat(['betweenTokens'], 10_000, 20 * 60_000)
    expect(codes).toEqual([])
    await repeat(['queue'], 10_000, 120_000)
    expect(codes).toEqual(['queue_full'])
  })

  it('ends when the whole generation has taken too long', async () => {
    const { codes, repeat } = start()
    await repeat(['betweenTokens'], 10_000, defaultDeadlines.totalMs + 10_000)
    expect(codes).toEqual(['total_timeout'])
  })
})
