import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KnownKey } from '../keys/key-principal.ts'
import { keySubject, keyTerms } from '../keys/key-terms.ts'
import { hear, never, promptRequest } from '../protocol/testing/service-bench.ts'
import { accountId, estimate, maxTokens, quota, QuotaBench, type LimitedGateway } from '../peer/testing/quota-bench.ts'

/** KITH_QUOTA_ROUNDS repeats the rounds of parallel calls more often. */
const rounds = Number(process.env['KITH_QUOTA_ROUNDS'] ?? 20)

let bench: QuotaBench
beforeAll(async () => {
  bench = await QuotaBench.open()
})
afterAll(() => bench.close())

interface Round {
  readonly answered: number
  readonly usedTokens: number
  readonly refusals: { code: string; left: number; needed: number; machine: string }[]
}

/** Fifty calls at once, spread over the gateways. */
async function fifty(through: readonly LimitedGateway[], key: KnownKey): Promise<Round> {
  const calls = Array.from({ length: 50 }, (_, index) => {
    const { gateway } = through[index % through.length] as LimitedGateway
    const request = promptRequest('hello', { maxTokens, consumer: { accountId, keyId: key.keyId } })
    return hear(gateway.ask(request, never))
  })
  const heard = await Promise.all(calls)
  const round: Round = { answered: heard.filter(({ code }) => code === null).length, usedTokens: 0, refusals: [] }
  let usedTokens = 0
  for (const { last } of heard) {
    if (last?.type === 'end') usedTokens += last.usage.promptTokens + last.usage.completionTokens
    if (last?.type !== 'failed') continue
    const { left = 0, needed = 0, machine = '' } = last.error.details
    round.refusals.push({ code: last.error.code, left: Number(left), needed: Number(needed), machine: String(machine) })
  }
  return { ...round, usedTokens }
}

async function single({ gateway }: LimitedGateway, key: KnownKey): Promise<number> {
  const { last } = await hear(
    gateway.ask(promptRequest('hello', { maxTokens: 10, consumer: { accountId, keyId: key.keyId } }), never),
  )
  return last?.type === 'end' ? last.usage.promptTokens + last.usage.completionTokens : 0
}

describe.each([1, 3])('fifty parallel calls against 1,000 tokens, through %i gateways', { retry: 0 }, (count) => {
  it('never use more, and leave nothing that would have been enough', { timeout: 300_000 }, async () => {
    const provider = await bench.service.provider(
      { tokens: 1_000, tokenMs: 0, slots: 50 },
      { limits: { waiting: 64, waitingPerAccount: 64 } },
    )
    const through = await bench.gateways(count, provider)
    const home = through[0] as LimitedGateway
    for (let round = 0; round < rounds; round++) {
      const key = bench.key(home.asker.deviceId)
      let usedTokens = 0
      // Calls come again until the quota is gone: idle parts of every gateway have to come back for that.
      for (let wave = 0; wave < 10; wave++) {
        const { answered, usedTokens: used, refusals } = await fifty(through, key)
        usedTokens += used
        for (const { code, left, needed } of refusals) {
          expect(code).toBe('limit_reached')
          expect(left).toBeLessThan(needed)
        }
        if (answered === 0) break
      }
      expect(usedTokens).toBeLessThanOrEqual(quota + estimate)
      expect(usedTokens).toBeGreaterThan(quota - estimate)
      const [state] = home.limits.states(keySubject(key), keyTerms(key))
      expect(state).toMatchObject({ name: 'tokensPerDay', limit: quota, used: usedTokens, left: quota - usedTokens })
    }
  })

  it('never use more while the home is cut off, and the refusal says why', { timeout: 300_000 }, async () => {
    const provider = await bench.service.provider(
      { tokens: 1_000, tokenMs: 0, slots: 50 },
      { limits: { waiting: 64, waitingPerAccount: 64 } },
    )
    // The home takes no questions here: it counts.
    const [home, ...through] = await bench.gateways(count + 1, provider)
    if (!home) throw new Error('There is a home')
    for (let round = 0; round < rounds; round++) {
      const key = bench.key(home.asker.deviceId)
      for (const { connections } of [home, ...through]) connections.isCutOff = false
      // Each gateway has been in touch once, and has its share since.
      let usedTokens = (await Promise.all(through.map((one) => single(one, key)))).reduce((sum, used) => sum + used, 0)
      for (const { connections } of [home, ...through]) connections.isCutOff = true
      const cutOff = await fifty(through, key)
      usedTokens += cutOff.usedTokens
      expect(cutOff.answered).toBeGreaterThan(0)
      expect(cutOff.refusals.length).toBeGreaterThan(0)
      for (const { code, machine } of cutOff.refusals) expect([code, machine]).toEqual(['limit_home_away', 'Home'])
      // On the other side of the cut the home spends what it may.
      for (let wave = 0; wave < 10; wave++) {
        const own = await fifty([home], key)
        usedTokens += own.usedTokens
        if (own.answered === 0) break
      }
      expect(usedTokens).toBeLessThanOrEqual(quota + estimate)
    }
  })
})
