import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { AccountId } from '../contract/ids.ts'
import { leaseTokens } from '../limits/within-reservation.ts'
import { HostileHolder, leaseAttacks } from '../limits/testing/hostile-holder.ts'
import { hear, never, promptRequest, testPool } from '../protocol/testing/service-bench.ts'
import { accountId, Connections, maxTokens, planTerms, QuotaBench } from '../peer/testing/quota-bench.ts'

let bench: QuotaBench
beforeAll(async () => {
  bench = await QuotaBench.open()
})
afterAll(() => bench.close())
beforeEach(() => {
  bench.trust = 'voucher'
})

const subject = { kind: 'member', poolId: testPool, accountId, keyId: null } as const

/** A coordinator, a machine that holds members to their plans, and a gateway of the member, all over the wire. */
async function pool() {
  const coordinator = bench.service.caller()
  const terms = planTerms(coordinator.deviceId)
  const known = new Connections()
  const atCoordinator = await bench.limits(coordinator, known, () => terms)
  const machine = await bench.serve(coordinator, atCoordinator, 'Coordinator')
  const self = bench.member()
  const held = await bench.limits(self, new Connections([machine]), () => terms)
  const holder = await bench.serve(self, held, 'Processor')
  known.machines = [holder]
  const provider = await bench.processor(held, terms, self)
  const member = bench.member()
  const limits = await bench.limits(member, new Connections(), () => terms)
  const gateway = await bench.gateway(member, limits, { ...provider.target, deviceId: self.deviceId }, terms)
  const ask = (): ReturnType<typeof hear> => hear(gateway.ask(promptRequest('hello', { maxTokens }), never))
  return { terms, atCoordinator, machine, provider, member, self, ask }
}

it('lets a machine hold so much of a plan as the member has asked of it, and the member use all', async () => {
  const { atCoordinator, ask, terms } = await pool()
  let answered = 0
  for (;;) {
    const heard = await ask()
    if (heard.code !== null) {
      expect(heard.code).toBe('limit_reached')
      break
    }
    answered += 1
  }
  expect(answered).toBeGreaterThan(5)
  const [state] = atCoordinator.states(subject, terms)
  // What is left is less than has to be set aside for one more.
  expect(state?.left).toBeLessThan(leaseTokens(promptRequest('hello', { maxTokens })))
})

it('is asked of no machine without the word of the member', async () => {
  const { provider, member } = await pool()
  const request = promptRequest('hello', { maxTokens })
  const { code } = await hear(member.clients.ask(provider.target, 'processRequest', request, never))
  expect(code).toBe('limit_home_away')
})

it('is not used up by a computer that lies over the wire', { timeout: 60_000 }, async () => {
  const { machine, ask } = await pool()
  const evil = bench.service.caller()
  const standing = { poolId: testPool, poolName: 'Friends', role: 'member', state: 'active' } as const
  const evilAccount = 'ee'.repeat(32) as AccountId
  bench.service.callers.set(evil.deviceId, {
    ...{ deviceId: evil.deviceId, accountId: evilAccount, isOwnAccount: false, standings: [standing] },
  })
  const holder = new HostileHolder(subject, (call) => evil.clients.call(machine, 'leaseQuota', call))
  for (const attack of Object.values(leaseAttacks)) await attack(holder)
  expect(holder.granted).toBe(0)
  // It cannot be called back, so it keeps the share of one party in four for an hour.
  let answered = 0
  while ((await ask()).code === null) answered += 1
  expect(answered).toBeGreaterThan(5)
})
