import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccountId } from '../contract/ids.ts'
import { signPlanLease, type PlanLease } from '../limits/plan-lease.ts'
import { hear, never, promptRequest, testPool } from '../protocol/testing/service-bench.ts'
import {
  accountId,
  Connections,
  estimate,
  maxTokens,
  planTerms,
  quota,
  QuotaBench,
} from '../peer/testing/quota-bench.ts'

let bench: QuotaBench
beforeAll(async () => {
  bench = await QuotaBench.open()
})
afterAll(() => bench.close())

const subject = { kind: 'member', poolId: testPool, accountId, keyId: null } as const

describe('a plan lease', { retry: 0 }, () => {
  it('lets a processor serve that cannot ask the coordinator, once; every lie about it is refused', async () => {
    const coordinator = bench.service.caller()
    const terms = planTerms(coordinator.deviceId)
    const atCoordinator = await bench.limits(coordinator, new Connections(), () => terms)
    const member = bench.member()
    const self = bench.service.caller()
    const alone = await bench.limits(self, new Connections(), () => terms)
    const provider = await bench.processor(alone, terms, self)
    const ask = (changes: Partial<Parameters<typeof promptRequest>[1]>): ReturnType<typeof hear> =>
      hear(
        member.clients.ask(provider.target, 'processRequest', promptRequest('hello', { maxTokens, ...changes }), never),
      )
    const granted = (tokens = estimate, processor = self.deviceId): Promise<string> =>
      atCoordinator.carry(subject, terms, processor, tokens).then((lease) => (lease.ok ? lease.value : ''))

    expect((await ask({})).code).toBe('limit_home_away')
    const planLease = await granted()
    expect((await ask({ planLease })).code).toBeNull()
    const refused = async (lease: string): Promise<unknown> => {
      const { last } = await ask({ planLease: lease })
      return last?.type === 'failed' ? [last.error.code, last.error.details['reason']] : last
    }
    expect(await refused(planLease)).toEqual(['lease_invalid', 'it was used before'])
    expect(await refused(await granted(estimate - 1))).toEqual([
      'lease_invalid',
      'it allows fewer tokens than the request needs',
    ])
    expect(await refused(await granted(estimate, member.deviceId))).toEqual([
      'lease_invalid',
      'it is for another computer',
    ])
    const honest: PlanLease = {
      ...{ poolId: testPool, accountId, processorDeviceId: self.deviceId, tokens: 10 * estimate },
      ...{ sequence: Date.now() * 2, issuedAtMs: Date.now(), expiresAtMs: Date.now() + 60_000 },
    }
    const unsigned = ['lease_invalid', 'it was not signed by a coordinator of the pool']
    expect(await refused(signPlanLease(honest, member.keyPair.secretKey))).toEqual(unsigned)
    const bytes = Buffer.from(await granted(), 'base64url')
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1
    expect(await refused(bytes.toString('base64url'))).toEqual(unsigned)
    expect(await refused('not a lease at all')).toEqual(unsigned)
    const signed = (changes: Partial<PlanLease>): string =>
      signPlanLease({ ...honest, ...changes }, coordinator.keyPair.secretKey)
    expect(await refused(signed({ accountId: 'cd'.repeat(32) as AccountId }))).toEqual([
      'lease_invalid',
      'it is for somebody else',
    ])
    expect(await refused(signed({ issuedAtMs: 1, expiresAtMs: Date.now() - 1 }))).toEqual([
      'lease_invalid',
      'it has expired',
    ])
    expect(provider.hub.prompts).toHaveLength(1)
  })

  it('is fetched by a gateway whose processor cannot reach the coordinator, and is counted there', async () => {
    const coordinator = bench.service.caller()
    const terms = planTerms(coordinator.deviceId)
    const known = new Connections()
    const atCoordinator = await bench.limits(coordinator, known, () => terms)
    const machine = await bench.serve(coordinator, atCoordinator, 'Coordinator')
    const member = bench.member()
    const processor = bench.service.caller()
    const cut = new Connections()
    known.machines = [{ ...machine, deviceId: processor.deviceId }]
    const alone = await bench.limits(processor, cut, () => terms)
    const provider = await bench.processor(alone, terms)
    const limits = await bench.limits(member, new Connections([machine]), () => terms)
    const gateway = await bench.gateway(member, limits, { ...provider.target, deviceId: processor.deviceId }, terms)
    const heard = await hear(gateway.ask(promptRequest('hello', { maxTokens }), never))
    expect(heard.code).toBeNull()
    expect(atCoordinator.states(subject, terms)[0]).toMatchObject({ used: estimate, left: quota - estimate })
    // Once the processor reaches the coordinator again, it says what was really used.
    cut.machines = [machine]
    bench.admit(processor)
    await expect
      .poll(async () => {
        const asked = await alone.reserve(subject, terms, { tokens: 1 }, never)
        if (asked.ok) asked.value.settle({ tokens: 0, requests: 0 })
        return atCoordinator.states(subject, terms)[0]?.used
      })
      .toBeLessThanOrEqual(3 + 20 + 1)
  })
})
