import { describe, expect, it } from 'vitest'
import { Silence } from './silence.ts'

/** A reader that is awake every 20 ms, but while it sleeps, and to whom text comes at these times. */
function reading(
  untilMs: number,
  texts: readonly number[],
  asleep: readonly [fromMs: number, toMs: number][] = [],
): Silence {
  const silence = new Silence()
  let unread = [...texts]
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 20) {
    if (asleep.some(([fromMs, toMs]) => nowMs >= fromMs && nowMs < toMs)) continue
    // Timers run before what has come meanwhile is read.
    silence.awake(nowMs)
    const come = unread.filter((atMs) => atMs <= nowMs)
    unread = unread.filter((atMs) => atMs > nowMs)
    for (const _text of come) silence.text(nowMs)
  }
  return silence
}

const every = (ms: number, fromMs: number, toMs: number): number[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / ms) }, (_, index) => fromMs + index * ms)

describe('how long nothing was read', () => {
  it('is the time between texts', () => {
    const { gapMaxMs, asleepMaxMs } = reading(6_000, [0, 1_000, 4_000, 5_000]).look(6_000)
    expect(gapMaxMs).toBeGreaterThanOrEqual(2_960)
    expect(gapMaxMs).toBeLessThanOrEqual(3_000)
    expect(asleepMaxMs).toBe(20)
  })

  it('does not count while the reader stands still and text comes in time', () => {
    const { gapMaxMs, asleepMaxMs } = reading(6_000, every(50, 0, 6_000), [[1_000, 4_000]]).look(6_000)
    expect(gapMaxMs).toBeLessThan(100)
    expect(asleepMaxMs).toBe(3_020)
  })

  it('counts in full before and after the reader stands still at another time', () => {
    const texts = [...every(50, 0, 3_000), ...every(50, 5_000, 9_000)]
    const { gapMaxMs, asleepMaxMs } = reading(9_000, texts, [[7_000, 8_500]]).look(9_000)
    expect(gapMaxMs).toBeGreaterThanOrEqual(2_000)
    expect(asleepMaxMs).toBe(1_520)
  })

  it('counts what was seen of it where the reader stands still in the middle, and tells the rest', () => {
    const texts = [...every(50, 0, 1_000), ...every(50, 4_000, 5_000)]
    const { gapMaxMs, asleepMaxMs } = reading(5_000, texts, [[2_000, 4_500]]).look(5_000)
    expect(gapMaxMs).toBeGreaterThanOrEqual(950)
    expect(gapMaxMs).toBeLessThanOrEqual(1_050)
    expect(asleepMaxMs).toBe(2_520)
  })

  it('counts while it goes on, and anew after a look', () => {
    const silence = reading(3_000, [0])
    expect(silence.look(3_010).gapMaxMs).toBe(3_000)
    silence.awake(3_030)
    silence.awake(3_050)
    expect(silence.look(3_060).gapMaxMs).toBe(40)
  })

  it('begins with the first text', () => {
    expect(reading(3_000, []).look(3_000)).toEqual({ gapMaxMs: 0, asleepMaxMs: 20 })
  })
})
