import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TokenUsage } from '../engines/engine.ts'
import type { EngineBehaviour } from '../engines/testing/lying-engine.ts'
import type { PromptRequest } from '../protocol/messages/generation.ts'
import { mostPromptTokens } from '../protocol/generations/prompt-estimates.ts'
import { leaveEarly } from '../protocol/testing/early-leaver.ts'
import { SettlementBench, type BenchMachine } from './testing/settlement-bench.ts'

/** KITH_LIMIT_RUNS asks for more rounds. */
const numRuns = Number(process.env['KITH_LIMIT_RUNS'] ?? 25)
const usualOutputTokens = 1_024

let bench: SettlementBench
beforeAll(async () => {
  bench = await SettlementBench.open(3)
})
afterAll(() => bench.close())

/** What cannot be true, whatever was made. */
const impossible: ((truth: TokenUsage) => TokenUsage)[] = [
  () => ({ promptTokens: NaN, completionTokens: NaN }),
  () => ({ promptTokens: -1, completionTokens: 5 }),
  () => ({ promptTokens: 1.8e19, completionTokens: 1.8e19 }),
  () => ({ promptTokens: 0.5, completionTokens: 2.5 }),
  () => ({ promptTokens: 0, completionTokens: 0 }),
  ({ completionTokens }) => ({ promptTokens: 5_000_000, completionTokens }),
  ({ promptTokens }) => ({ promptTokens, completionTokens: 5_000_000 }),
]

const behaviours: fc.Arbitrary<EngineBehaviour> = fc.record(
  {
    tokens: fc.integer({ min: 0, max: 400 }),
    tokenText: fc.constantFrom(' tea', '#', '####'),
    ignoresLimit: fc.boolean(),
    says: fc.constantFrom(...impossible),
    saysWhenStopped: fc.constantFrom((truth: TokenUsage) => truth, ...impossible),
    thinks: fc.integer({ min: 0, max: 50 }),
    failsAfter: fc.integer({ min: 0, max: 100 }),
    loadMs: fc.integer({ min: 0, max: 4 }),
    templateTokens: fc.integer({ min: 0, max: 64 }),
  },
  { requiredKeys: [] },
)

interface Asked {
  readonly text: string
  readonly maxTokens: number
  readonly mayShorten: boolean
  /** The part after which its caller leaves; null stays. */
  readonly leaveAt: number | null
  readonly goes: boolean
  readonly machine: number
}

const asked: fc.Arbitrary<Asked> = fc.record({
  text: fc
    .tuple(fc.constantFrom('some words to read ', '#', '{"a":1}', '漢字'), fc.integer({ min: 1, max: 1_500 }))
    .map(([unit, bytes]) => unit.repeat(Math.ceil(bytes / unit.length))),
  maxTokens: fc.integer({ min: 1, max: 600 }),
  mayShorten: fc.boolean(),
  leaveAt: fc.option(fc.integer({ min: 0, max: 40 })),
  goes: fc.boolean(),
  machine: fc.nat(2),
})

/** Requests that are sent together, then the next ones. */
const script = fc.array(fc.array(asked, { minLength: 1, maxLength: 8 }), { minLength: 2, maxLength: 5 })
const limits = fc.record(
  { tokensPerDay: fc.integer({ min: 1_000, max: 8_000 }), tokensPerMinute: fc.integer({ min: 800, max: 8_000 }) },
  { requiredKeys: ['tokensPerDay'] },
)

function largestOf(waves: readonly (readonly Asked[])[]): number {
  const size = ({ text, maxTokens, mayShorten }: Asked): number =>
    mostPromptTokens([{ role: 'user', text }]) + (mayShorten ? Math.min(maxTokens, usualOutputTokens) : maxTokens)
  return Math.max(...waves.flat().map(size))
}

/** Plays a script; `send` has one request served. Ends when everything is settled. */
async function play(
  waves: readonly (readonly Asked[])[],
  send: (one: Asked, changes: Partial<PromptRequest>) => Promise<unknown>,
): Promise<void> {
  for (const wave of waves) {
    await Promise.all(
      wave.map((one) => send(one, { maxTokens: one.maxTokens, ...(one.mayShorten ? { mayShorten: true } : {}) })),
    )
    await bench.idle()
  }
  // Until the next round each window begins anew.
  bench.limits.nowMs += 86_400_000
}

describe('whatever text, engines and callers do', { retry: 0, timeout: 300_000 }, () => {
  it('a plan is overspent by one request at most, over all processors, and work is never free', async () => {
    await fc.assert(
      fc.asyncProperty(script, limits, fc.tuple(behaviours, behaviours, behaviours), async (waves, plan, engines) => {
        bench.plan(plan)
        bench.settlements.length = 0
        bench.machines.length = 0
        const machines = engines.map((behaviour, holder) => bench.machine({ ...behaviour, holder }))
        await play(waves, ({ text, leaveAt, goes, machine }, changes) =>
          leaveEarly(
            { ask: (request, signal) => bench.ask(machines[machine], request, signal) },
            bench.request(text, changes),
            leaveAt ?? 'end',
            leaveAt !== null && goes ? 'goes' : 'stops',
          ),
        )
        expectFair(machines, plan.tokensPerDay, largestOf(waves), null)
      }),
      { numRuns },
    )
  })

  it('a key is overspent by one request at most, over all gateways, and work is never free', async () => {
    await fc.assert(
      fc.asyncProperty(script, limits, behaviours, async (waves, ofKey, behaviour) => {
        bench.plan({})
        bench.settlements.length = 0
        bench.machines.length = 0
        const keyId = bench.key(ofKey)
        const machine = bench.machine(behaviour)
        const gateways = await Promise.all([0, 1, 2].map((device) => bench.gateway([machine], device)))
        await play(waves, ({ text, leaveAt, goes, machine: through }, changes) => {
          const gateway = gateways[through]
          if (!gateway) throw new Error('There are three gateways')
          const request = bench.request(text, { ...bench.by(keyId), ...changes })
          return leaveEarly(gateway, request, leaveAt ?? 'end', leaveAt !== null && goes ? 'goes' : 'stops')
        })
        expectFair([machine], ofKey.tokensPerDay, largestOf(waves), keyId)
      }),
      { numRuns },
    )
  })
})

function expectFair(
  machines: readonly BenchMachine[],
  limit: number,
  largest: number,
  keyId: Parameters<SettlementBench['used']>[0],
): void {
  const spent = machines.reduce((sum, { engine }) => sum + engine.trueTokens, 0)
  expect(spent).toBeLessThanOrEqual(limit + largest)
  const settled = bench.settlements.filter((one) => one.keyId === keyId)
  expect(bench.used(keyId).tokens).toBeGreaterThanOrEqual(Math.min(spent, limit) - largest)
  expect(settled.every(({ tokens }) => Number.isSafeInteger(tokens) && tokens >= 0)).toBe(true)
  const worked = machines.reduce((sum, { engine }) => sum + engine.worked, 0)
  const paid = settled.filter(({ tokens, requests }) => tokens > 0 && requests === 1)
  expect(paid.length).toBeGreaterThanOrEqual(worked)
}
