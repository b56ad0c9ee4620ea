import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Reservation } from './limiter.ts'
import { leaseAttacks, type HostileHolder, type RecallManner } from './testing/hostile-holder.ts'
import { LimitBench } from './testing/limit-bench.ts'
import { PlanBench, type MemberPlan } from './testing/plan-bench.ts'
import { silenceMs } from './times.ts'

let bench: LimitBench
let plans: PlanBench
beforeAll(async () => {
  bench = await LimitBench.open(5)
  plans = new PlanBench(bench)
})
afterAll(() => bench.close())

/** KITH_LIMIT_RUNS asks for more. */
const runs = Number(process.env['KITH_LIMIT_RUNS'] ?? 40)
const attackNames = Object.keys(leaseAttacks)
const which = fc.integer({ min: 0, max: 1 })

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('attack' as const), which, name: fc.constantFrom(...attackNames) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('ask' as const), tokens: fc.integer({ min: 1, max: 60 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('settle' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('ask evil' as const), which, tokens: fc.integer({ min: 1, max: 60 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('heal' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), device: fc.integer({ min: 0, max: 1 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('manner' as const),
      which,
      manner: fc.constantFrom<RecallManner>('silent', 'all used', 'all held'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(500, 20_000, 60_000, 1_200_000) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** What the member really had, and what it asked of the hostile ones. */
class Truth {
  used = 0
  requests = 0
  askedOfEvil = { tokens: 0, requests: 0 }
  running: Reservation[] = []

  constructor(
    readonly plan: MemberPlan,
    readonly evils: readonly [HostileHolder, HostileHolder],
  ) {}

  get reserved(): number {
    return this.running.reduce((sum, { tokens }) => sum + tokens, 0)
  }

  async ask(tokens: number): Promise<boolean> {
    const asked = await plans.ask(this.plan, tokens)
    if (asked.ok) this.running.push(asked.value)
    return asked.ok
  }

  end(tokens: number): void {
    const reservation = this.running.shift()
    if (!reservation) return
    const used = Math.min(tokens, reservation.tokens)
    this.used += used
    this.requests += 1
    reservation.settle({ tokens: used })
  }

  /** A crash leaves nothing running, and all of it counts. */
  crash(): void {
    this.used += this.reserved
    this.requests += this.running.length
    this.running = []
  }
}

async function play(truth: Truth, one: Step): Promise<void> {
  const evil = 'which' in one ? truth.evils[one.which] : undefined
  switch (one.do) {
    case 'attack':
      if (evil) await leaseAttacks[one.name]?.(evil)
      return
    case 'ask':
      await truth.ask(one.tokens)
      return
    case 'settle':
      truth.end(Math.floor((truth.running[0]?.tokens ?? 0) * one.share))
      return
    case 'ask evil': {
      truth.askedOfEvil.tokens += one.tokens
      truth.askedOfEvil.requests += 1
      const vouchers = [plans.voucher(truth.plan, 2 + one.which, one.tokens)]
      await evil?.exchange({ vouchers, needs: [{ tokens: one.tokens, leastTokens: one.tokens }] })
      return
    }
    case 'cut':
    case 'heal':
      bench.device(2 + one.which).isCutOff = one.do === 'cut'
      return
    case 'crash':
      if (one.device === 1) truth.crash()
      return bench.device(one.device).restart()
    case 'manner':
      if (evil) evil.manner = one.manner
      return
    case 'wait':
      bench.nowMs += one.ms
  }
}

async function useUp(truth: Truth): Promise<void> {
  for (const tokens of [20, 1]) while (await truth.ask(tokens)) truth.end(tokens)
}

describe('a plan', { retry: 0 }, () => {
  it(
    'is never exceeded, and its member gets all of it, whatever hostile computers do',
    { timeout: 300_000 },
    async () => {
      const limit = 600
      const most = 40
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 20 }), async (steps) => {
          plans.calm()
          const plan = plans.member({ limits: { tokensPerDay: limit, requestsPerDay: most } })
          const truth = new Truth(plan, plans.hostile(plan))
          for (const one of steps) {
            await play(truth, one)
            expect(truth.used + truth.reserved).toBeLessThanOrEqual(limit)
            expect(truth.requests + truth.running.length).toBeLessThanOrEqual(most)
          }
          while (truth.running.length > 0) truth.end(0)
          await bench.device(1).service.written()
          // The hostile ones fall silent; the member is not kept from its plan for longer than their leases last.
          await useUp(truth)
          bench.nowMs += silenceMs + 1_000
          await useUp(truth)
          const isAllUsed =
            truth.used >= limit - truth.askedOfEvil.tokens || truth.requests >= most - truth.askedOfEvil.requests
          expect(isAllUsed, JSON.stringify([truth.used, truth.requests, truth.askedOfEvil])).toBe(true)
          expect(truth.used).toBeLessThanOrEqual(limit)
          expect(truth.requests).toBeLessThanOrEqual(most)
        }),
        { numRuns: runs },
      )
    },
  )
})
