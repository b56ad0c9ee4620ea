import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccountId } from '../contract/ids.ts'
import type { Limits } from '../contract/limits.ts'
import type { LimitTerms } from '../limits/limiter.ts'
import { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import type { Pace } from '../protocol/testing/paced-hub.ts'
import { promptRequest, testPool, type CallingDevice, type Provider } from '../protocol/testing/service-bench.ts'
import { accountId, Connections, planTerms, QuotaBench } from '../peer/testing/quota-bench.ts'
import { ProcessorLimits } from './plan-limits.ts'

let bench: QuotaBench
beforeAll(async () => {
  bench = await QuotaBench.open()
})
afterAll(() => bench.close())

/** How a caller leaves over the wire: it says so, closes the channel, or its connection is gone. */
const leavings = ['cancels', 'closes the channel', 'destroys the connection'] as const
type Leaving = (typeof leavings)[number]

interface Machine {
  readonly provider: Provider
  readonly member: CallingDevice
  readonly used: () => { tokens: number; requests: number }
}

/** A processor that counts a member's plan itself, with an engine that says nothing when it is stopped. */
async function machine(limits: Limits, pace: Pace): Promise<Machine> {
  const self = bench.service.caller()
  const terms: LimitTerms = { ...planTerms(self.deviceId), limits }
  const service = await bench.limits(self, new Connections(), () => terms)
  const planLimits = new ProcessorLimits({
    ...{ accountId: 'ee'.repeat(32) as AccountId, limits: service, planOf: () => terms },
    estimates: new PromptEstimates(),
  })
  const provider = await bench.service.provider(pace, { selfDeviceId: () => self.deviceId, planLimits })
  const used = (): { tokens: number; requests: number } => {
    const subject = { kind: 'member', poolId: testPool, accountId, keyId: null } as const
    const states = service.states(subject, terms)
    const of = (name: string): number => states.find((state) => state.name === name)?.used ?? 0
    return { tokens: of('tokensPerDay'), requests: of('requestsPerDay') }
  }
  return { provider, member: bench.member(), used }
}

async function leave({ provider, member }: Machine, leaving: Leaving, text: string, at: string): Promise<void> {
  const stop = new AbortController()
  const request = promptRequest(text, { maxTokens: 2_000 })
  for await (const part of member.clients.ask(provider.target, 'processRequest', request, stop.signal)) {
    if (part.type !== at) continue
    if (leaving === 'closes the channel') break
    if (leaving === 'destroys the connection') member.clients.disconnect(provider.target.deviceId)
    else stop.abort()
  }
  await provider.hub.idle()
}

describe.each(leavings)('a caller that %s', (leaving) => {
  it('after the first text has used its prompt and what was made, on its plan', async () => {
    const words = 'some words to read once more '.repeat(138)
    const served = await machine({ tokensPerDay: 100_000, requestsPerDay: 100 }, { tokens: 10_000, tokenMs: 5 })
    for (let index = 1; index <= 5; index++) {
      await leave(served, leaving, words, 'text')
      await expect.poll(served.used, { timeout: 10_000 }).toMatchObject({ requests: index })
    }
    // The paced engine says that its prompt was three tokens: no count of so much text.
    await expect.poll(() => served.used().tokens, { timeout: 10_000 }).toBeGreaterThanOrEqual(5 * 1_000)
    expect(served.used().tokens).toBeLessThan(5 * 6_100)
  })

  it('while the model loads has used a request', async () => {
    const served = await machine({ requestsPerDay: 3 }, { tokens: 10, tokenMs: 1, loadMs: 60_000 })
    for (let index = 0; index < 6; index++) await leave(served, leaving, 'hello', 'loading')
    expect(served.provider.hub.prompts).toHaveLength(3)
  })
})
