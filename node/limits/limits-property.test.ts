import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limitNames, type LimitName, type Limits } from '../contract/limits.ts'
import { holderRecordSchema } from './holder/holder-records.ts'
import { limitKeys } from './limit-keys.ts'
import { amountOf, shapeOf, windowOf } from './limit-names.ts'
import type { LimitSubject, LimitTerms, Reservation } from './limiter.ts'
import { LimitBench, type LimitDevice, type Mishap } from './testing/limit-bench.ts'
import { never } from './testing/never.ts'

let bench: LimitBench
beforeAll(async () => {
  bench = await LimitBench.open(3)
})
afterAll(() => bench.close())

const minuteMs = 60_000
/** KITH_LIMIT_RUNS asks for more. */
const runs = Number(process.env['KITH_LIMIT_RUNS'] ?? 60)
/** An answer never runs for longer. */
const longestAnswerMs = 30 * minuteMs

const anyLimits = fc
  .record(
    {
      requestsPerMinute: fc.integer({ min: 1, max: 8 }),
      tokensPerMinute: fc.integer({ min: 20, max: 200 }),
      concurrentRequests: fc.integer({ min: 1, max: 5 }),
      requestsPerHour: fc.integer({ min: 2, max: 20 }),
      tokensPerDay: fc.integer({ min: 50, max: 600 }),
      requestsPerMonth: fc.integer({ min: 5, max: 40 }),
    },
    { requiredKeys: [] },
  )
  .filter((limits) => Object.keys(limits).length > 0)

const device = fc.integer({ min: 0, max: 2 })
const mishap = fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, fc.constantFrom<Mishap>('call lost', 'reply lost'))
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      device,
      tokens: fc.integer({ min: 1, max: 60 }),
      times: fc.integer({ min: 1, max: 4 }),
      mishap,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      which: fc.nat(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('heal' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), device: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), device: fc.integer({ min: 1, max: 2 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('clock' as const),
      device: fc.integer({ min: 1, max: 2 }),
      skewMs: fc.constantFrom(-60, -1, 0, 1, 60, 61).map((minutes) => minutes * minuteMs),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(500, 20_000, minuteMs, 20 * minuteMs, 61 * minuteMs),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

interface Running {
  readonly device: LimitDevice
  readonly reservation: Reservation
  readonly sinceMs: number
  readonly labels: Readonly<Partial<Record<LimitName, number>>>
  isSlotFree: boolean
  usedTokens: number
}

/** What really happened, kept beside the machinery under test. */
class Truth {
  readonly requests: Running[] = []
  constructor(
    readonly subject: LimitSubject,
    readonly terms: LimitTerms,
  ) {}

  get running(): Running[] {
    return this.requests.filter(({ isSlotFree }) => !isSlotFree)
  }

  async admit(device: LimitDevice, reservation: Reservation): Promise<void> {
    const record = await device.store.bee.get(limitKeys.held(this.subject), holderRecordSchema)
    const cells = Object.entries(record?.cells ?? {}).map(([name, { startMs }]) => [name, startMs] as const)
    const labels = Object.fromEntries(cells) as Running['labels']
    this.requests.push({
      device,
      reservation,
      sinceMs: bench.nowMs,
      labels,
      isSlotFree: false,
      usedTokens: reservation.tokens,
    })
  }

  end(request: Running, tokens: number): void {
    request.isSlotFree = true
    request.usedTokens = tokens
    request.reservation.settle({ tokens })
  }

  /** Used and reserved in the window that began then. */
  countOf(name: LimitName, startMs: number): number {
    if (shapeOf(name).window === null) return this.running.length
    const counted = this.requests.filter(({ labels }) => labels[name] === startMs)
    return counted.reduce((sum, { usedTokens }) => sum + amountOf(name, usedTokens), 0)
  }

  expectWithin(): void {
    for (const name of limitNames) {
      const limit = this.terms.limits[name]
      if (limit === undefined) continue
      for (const startMs of new Set(this.requests.map(({ labels }) => labels[name] ?? 0))) {
        expect(this.countOf(name, startMs), `${name} from ${new Date(startMs).toISOString()}`).toBeLessThanOrEqual(
          limit,
        )
      }
    }
  }

  leftNow(): Partial<Record<LimitName, number>> {
    const entries = Object.entries(this.terms.limits) as [LimitName, number][]
    return Object.fromEntries(
      entries.map(([name, limit]) => {
        const { startMs } = windowOf(name, this.terms.timeZone, bench.nowMs)
        return [name, limit - this.countOf(name, startMs)]
      }),
    )
  }
}

async function play(truth: Truth, one: Step): Promise<void> {
  const { subject, terms } = truth
  switch (one.do) {
    case 'ask': {
      const asking = bench.device(one.device)
      asking.mishap = one.mishap
      const need = { tokens: one.tokens, leastTokens: Math.ceil(one.tokens / 2) }
      if (asking.skewMs !== 0 || one.mishap !== null) {
        // One by one: which window a request was taken from is read right behind it.
        for (let count = 0; count < one.times; count++) {
          const result = await asking.service.reserve(subject, terms, need, never)
          if (result.ok) await truth.admit(asking, result.value)
        }
        asking.mishap = null
        return
      }
      const asked = Array.from({ length: one.times }, () => asking.service.reserve(subject, terms, need, never))
      for (const result of await Promise.all(asked)) if (result.ok) await truth.admit(asking, result.value)
      asking.mishap = null
      return
    }
    case 'settle': {
      const request = truth.running[one.which % Math.max(1, truth.running.length)]
      if (!request) return
      truth.end(request, Math.floor(request.reservation.tokens * one.share))
      await request.device.service.written()
      return
    }
    case 'cut':
      bench.device(one.device).isCutOff = true
      return
    case 'heal':
      for (const each of bench.devices) each.isCutOff = false
      bench.connectionsChanged()
      return
    case 'crash':
      return restart(truth, bench.device(one.device))
    case 'forget': {
      const forgetful = bench.device(one.device)
      await restart(truth, forgetful)
      await forgetful.store.bee.remove(limitKeys.held(subject))
      return
    }
    case 'leave': {
      const leaving = bench.device(one.device)
      for (const request of truth.running) if (request.device === leaving) truth.end(request, 0)
      await leaving.service.stop()
      return leaving.restart()
    }
    case 'clock':
      bench.device(one.device).skewMs = one.skewMs
      return
    case 'wait':
      bench.nowMs += one.ms
      for (const request of truth.running) {
        if (bench.nowMs - request.sinceMs >= longestAnswerMs) truth.end(request, request.reservation.tokens)
      }
  }
}

/** What ran on it has ended with it; how much was used nobody knows, so it counts whole. */
async function restart(truth: Truth, crashed: LimitDevice): Promise<void> {
  for (const request of truth.running) if (request.device === crashed) request.isSlotFree = true
  await crashed.restart()
}

/** Every round begins alike: five seconds into a minute, days after the last one. */
function calm(): void {
  for (const each of bench.devices) Object.assign(each, { isCutOff: false, skewMs: 0, mishap: null })
  bench.nowMs = Math.floor(bench.nowMs / 86_400_000 + 10) * 86_400_000 + 5_000
}

describe('limits', { retry: 0 }, () => {
  it('are never exceeded, whatever is lost, cut, killed or set wrong', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(anyLimits, fc.array(step, { minLength: 4, maxLength: 30 }), async (limits: Limits, steps) => {
        calm()
        const { subject, terms } = bench.key({ limits })
        const truth = new Truth(subject, terms)
        for (const one of steps) {
          await play(truth, one)
          truth.expectWithin()
        }
      }),
      { numRuns: runs },
    )
  })

  it('refuse nothing while quota is left and everybody is in reach', { timeout: 300_000 }, async () => {
    const kind = step.filter((one) => !['cut', 'forget', 'clock', 'leave'].includes(one.do))
    await fc.assert(
      fc.asyncProperty(
        anyLimits,
        fc.array(kind, { minLength: 3, maxLength: 20 }),
        device,
        async (limits, steps, last) => {
          calm()
          const { subject, terms } = bench.key({ limits })
          const truth = new Truth(subject, terms)
          for (const one of steps) await play(truth, one)
          for (const request of truth.running) truth.end(request, Math.ceil(request.reservation.tokens / 3))
          const left = truth.leftNow()
          const tokens = Math.min(40, left.tokensPerMinute ?? 40, left.tokensPerDay ?? 40)
          const fits = Object.values(left).every((amount) => amount >= 1) && tokens >= 1
          const asked = await bench.device(last).service.reserve(subject, terms, { tokens: Math.max(1, tokens) }, never)
          expect(asked.ok, JSON.stringify({ left, tokens })).toBe(fits)
          if (asked.ok) asked.value.settle({ tokens: 0 })
        },
      ),
      { numRuns: runs },
    )
  })
})
