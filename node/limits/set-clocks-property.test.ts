import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LimitName } from '../contract/limits.ts'
import { amountOf, shapeOf } from './limit-names.ts'
import { RealClock, type ClockRecord } from './real-clock.ts'
import { LimitBench } from './testing/limit-bench.ts'
import type { LimitSubject, LimitTerms } from './limiter.ts'
import { graceMs } from './times.ts'
import { never } from './testing/never.ts'

let bench: LimitBench
beforeAll(async () => {
  bench = await LimitBench.open(2)
})
afterAll(() => bench.close())
beforeEach(calm)

const runs = Number(process.env['KITH_LIMIT_RUNS'] ?? 40)
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const lengths = { minute: minuteMs, hour: hourMs, day: dayMs } as const

/** The home's clock is right, and it is morning of a day long after the last one. */
function calm(): void {
  for (const each of bench.devices) Object.assign(each, { isCutOff: false, skewMs: 0, mishap: null })
  bench.nowMs = Math.floor(bench.nowMs / dayMs + 400) * dayMs + 10 * hourMs + 5_000
}

interface Grant {
  readonly atMs: number
  readonly amount: number
}

/** Whether windows of at least a length can be laid over real time so that each has no more than the limit. */
function fitsWindows(grants: readonly Grant[], limit: number, lengthMs: number): boolean {
  const first = grants[0]?.atMs
  const last = grants.at(-1)?.atMs
  if (first === undefined || last === undefined) return true
  const sum = (fromMs: number, toMs: number): number =>
    grants.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).reduce((total, { amount }) => total + amount, 0)
  // A window that begins earlier loses nothing, until a grant of the one before keeps it or that has its length.
  const starts = new Set<number>([first])
  for (const { atMs } of grants) {
    for (let startMs = atMs + 1; startMs <= last + lengthMs; startMs += lengthMs) starts.add(startMs)
  }
  const reached: number[] = [first - lengthMs]
  for (const startMs of [...starts].sort((one, other) => one - other)) {
    if (reached.some((before) => startMs - before >= lengthMs && sum(before, startMs) <= limit)) reached.push(startMs)
  }
  return reached.some((startMs) => sum(startMs, Infinity) <= limit)
}

const anySkewMs = fc.oneof(
  fc.constantFrom(0, 0, 4_000, -4_000, 61_000, -61_000, hourMs, -hourMs, dayMs, -dayMs, 40 * dayMs, -40 * dayMs),
  fc.constantFrom(3_650 * dayMs, -3_650 * dayMs),
  fc.integer({ min: -3 * dayMs, max: 3 * dayMs }),
)
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('set' as const), skewMs: anySkewMs }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      device: fc.integer({ min: 0, max: 1 }),
      times: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(300, 10_000, minuteMs, 20 * minuteMs, 7 * hourMs, 25 * hourMs),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const), device: fc.integer({ min: 0, max: 1 }) }) },
)

async function use(
  { subject, terms }: { subject: LimitSubject; terms: LimitTerms },
  device: number,
  most: number,
  tokens = 10,
): Promise<number> {
  for (let count = 0; count < most; count++) {
    const asked = await bench.device(device).service.reserve(subject, terms, { tokens }, never)
    if (!asked.ok) return count
    asked.value.settle({ tokens })
  }
  return most
}

describe('a home whose clock is set', { retry: 0 }, () => {
  it('grants no more than the limit in any window of real time', { timeout: 300_000 }, async () => {
    const anyLimits = fc
      .record(
        {
          requestsPerMinute: fc.integer({ min: 1, max: 5 }),
          tokensPerHour: fc.integer({ min: 10, max: 80 }),
          requestsPerDay: fc.integer({ min: 1, max: 12 }),
        },
        { requiredKeys: [] },
      )
      .filter((limits) => Object.keys(limits).length > 0)
    await fc.assert(
      fc.asyncProperty(anyLimits, fc.array(step, { minLength: 5, maxLength: 30 }), async (limits, steps) => {
        calm()
        const key = bench.key({ limits, timeZone: 'Europe/Vienna' })
        const grants: number[] = []
        for (const one of steps) {
          if (one.do === 'set') bench.device(0).skewMs = one.skewMs
          else if (one.do === 'wait') bench.nowMs += one.ms
          else if (one.do === 'restart') await bench.device(one.device).restart()
          else {
            const count = await use(key, one.device, one.times)
            for (let index = 0; index < count; index++) grants.push(bench.nowMs)
          }
        }
        for (const [name, limit] of Object.entries(limits) as [LimitName, number][]) {
          const { window } = shapeOf(name)
          if (window === null || window === 'month') continue
          const lengthMs = lengths[window] - Math.max(graceMs, lengths[window] / 500)
          const counted = grants.map((atMs) => ({ atMs, amount: amountOf(name, 10) }))
          expect(fitsWindows(counted, limit, lengthMs), `${name}: ${limit}, ${grants.join()}`).toBe(true)
        }
      }),
      { numRuns: runs },
    )
  })

  it('grants nothing twice where it goes back and forth over midnight', async () => {
    const key = bench.key({ limits: { tokensPerDay: 1_000 }, timeZone: 'UTC' })
    let tokens = 0
    for (let round = 0; round < 6; round++) {
      bench.device(0).skewMs = round % 2 === 0 ? 0 : dayMs
      for (const device of [0, 1]) tokens += 100 * (await use(key, device, 5, 100))
      bench.nowMs += 1_000
    }
    expect(tokens).toBeLessThanOrEqual(1_000)
    expect(tokens).toBeGreaterThan(900)
  })

  it('begins the next day when it is really over, and is not locked by years that it was ahead', async () => {
    const key = bench.key({ limits: { requestsPerDay: 3 }, timeZone: 'UTC' })
    const home = bench.device(0)
    expect(await use(key, 0, 9)).toBe(3)
    home.skewMs = 3_650 * dayMs
    expect(await use(key, 0, 9)).toBe(0)
    home.skewMs = 0
    await home.restart()
    expect(await use(key, 0, 9)).toBe(0)
    bench.nowMs += 14 * hourMs
    expect(await use(key, 0, 9)).toBe(3)
    // A clock that stays wrong goes on a day at a time.
    home.skewMs = 3_650 * dayMs + 3 * hourMs
    for (let day = 0; day < 4; day++) {
      bench.nowMs += dayMs
      expect(await use(key, 0, 9)).toBeLessThanOrEqual(3)
    }
    bench.nowMs += dayMs
    expect(await use(key, 0, 9)).toBe(3)
  })

  it('takes no notice of a small step, nor of the change to summer time', async () => {
    const key = bench.key({ limits: { requestsPerMinute: 2, requestsPerDay: 100 }, timeZone: 'Europe/Vienna' })
    bench.nowMs = Date.UTC(2031, 2, 30, 0, 59, 58)
    await bench.device(0).restart()
    expect(await use(key, 0, 9)).toBe(2)
    // The hour from 2 to 3 does not come.
    bench.nowMs += 3_000
    expect(await use(key, 0, 9)).toBe(2)
    bench.device(0).skewMs = -4_000
    expect(await use(key, 0, 9)).toBe(0)
    bench.device(0).skewMs = 0
    bench.nowMs += minuteMs
    expect(await use(key, 0, 9)).toBe(2)
  })
})

describe('time that has really passed', () => {
  const read = (stored: ClockRecord | null, state: Omit<ClockRecord, 'realMs'>): ClockRecord =>
    new RealClock(
      { uptimeMs: () => state.uptimeMs, nowMs: () => state.nowMs, bootId: () => state.bootId },
      stored,
    ).record()
  const before = { realMs: 1_000, uptimeMs: hourMs, nowMs: 10 * dayMs, bootId: 'a' }

  it('does not follow the time of day while the computer runs', () => {
    for (const nowMs of [0, 10 * dayMs, 4_000 * dayMs]) {
      expect(read(before, { ...before, uptimeMs: hourMs + 5, nowMs }).realMs).toBe(1_005)
    }
  })

  it('follows it where the computer was off, and never goes back', () => {
    const off = { uptimeMs: 50, bootId: 'b' }
    expect(read(before, { ...off, nowMs: 11 * dayMs }).realMs).toBe(1_000 + dayMs)
    expect(read(before, { ...off, nowMs: 0 }).realMs).toBe(1_050)
    // Without a name for each start, an earlier or a younger one shows it.
    const unnamed = { ...before, bootId: null }
    expect(read(unnamed, { ...off, bootId: null, nowMs: 11 * dayMs }).realMs).toBe(1_000 + dayMs)
    expect(read(unnamed, { uptimeMs: 2 * hourMs, bootId: null, nowMs: 11 * dayMs }).realMs).toBe(1_000 + dayMs)
    expect(read(unnamed, { uptimeMs: 2 * hourMs, bootId: null, nowMs: 10 * dayMs + hourMs }).realMs).toBe(
      1_000 + hourMs,
    )
  })

  it('only grows, whatever the clocks say', () => {
    const state = fc.record({
      uptimeMs: fc.integer({ min: 0, max: 400 * dayMs }),
      nowMs: fc.integer({ min: 0, max: 40_000 * dayMs }),
      bootId: fc.constantFrom('a', 'b', null),
    })
    fc.assert(
      fc.property(fc.array(state, { minLength: 2, maxLength: 20 }), (states) => {
        let stored: ClockRecord | null = null
        for (const one of states) {
          const next: ClockRecord = read(stored, one)
          expect(next.realMs).toBeGreaterThanOrEqual(stored?.realMs ?? 0)
          stored = next
        }
      }),
    )
  })
})
