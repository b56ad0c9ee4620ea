import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { leaseQuotaCallSchema, leaseQuotaReplySchema } from '../protocol/messages/lease-messages.ts'
import { leaseAttacks, type HostileHolder } from './testing/hostile-holder.ts'
import { LimitBench } from './testing/limit-bench.ts'
import { PlanBench, type MemberPlan } from './testing/plan-bench.ts'
import { recallLapseMs, silenceMs } from './times.ts'

let bench: LimitBench
let plans: PlanBench
beforeAll(async () => {
  bench = await LimitBench.open(5)
  plans = new PlanBench(bench)
})
afterAll(() => bench.close())
beforeEach(() => plans.calm())

const limits = { tokensPerDay: 1_000, requestsPerDay: 50, concurrentRequests: 50 }

describe('a computer that serves, and wants to use up the plan of another member', { retry: 0 }, () => {
  it.each(Object.entries(leaseAttacks))('gets nowhere: %s', async (_, attack) => {
    const plan = plans.member({ limits })
    for (const evil of plans.hostile(plan)) {
      evil.manner = 'all used'
      await attack(evil)
      await attack(evil)
      expect(evil.granted).toBe(0)
    }
    expect(await plans.useAll(plan, 50)).toEqual({ tokens: 1_000, requests: 20 })
  })

  it('gets no more than the member has asked of it, whatever it says it has used', async () => {
    const plan = plans.member({ limits })
    const [evil] = plans.hostile(plan)
    const vouchers = [plans.voucher(plan, 2, 20)]
    const asked = await evil.exchange({ vouchers, needs: [{ tokens: 20, leastTokens: 20 }] })
    expect(asked).toMatchObject({ value: { answers: [{ tokens: 20 }] } })
    for (let round = 0; round < 3; round++) {
      await evil.exchange({ vouchers, cells: evil.cells({ used: 5_000_000 }), needs: [{ tokens: 20, leastTokens: 1 }] })
    }
    evil.manner = 'all used'
    expect(await plans.useAll(plan, 49)).toMatchObject({ tokens: 980 })
    expect(evil.granted).toBe(20)
  })

  it('can show a voucher of another, for another or from long ago as often as it likes', async () => {
    const plan = plans.member({ limits })
    const [evil] = plans.hostile(plan)
    evil.manner = 'all used'
    const other = plans.member({ limits })
    const stolen = [plans.voucher(plan, 1, 500), plans.voucher(other, 2, 500)]
    bench.speaks.delete(bench.device(3).deviceId)
    stolen.push(bench.device(3).service.voucher(plan.subject, bench.device(2).deviceId, 500) ?? '')
    const old = plans.voucher(plan, 2, 500)
    bench.nowMs += 2 * 86_400_000
    for (let round = 0; round < 3; round++) {
      await evil.exchange({
        vouchers: [...stolen, old],
        needs: [{ tokens: 20, leastTokens: 1 }],
        cells: evil.cells({}),
      })
    }
    expect(evil.granted).toBe(0)
    expect(await plans.useAll(plan, 50)).toMatchObject({ tokens: 1_000 })
  })

  it('cannot have what was asked of it counted again after it has left', async () => {
    const plan = plans.member({ limits })
    const [evil] = plans.hostile(plan)
    const vouchers = [plans.voucher(plan, 2, 400)]
    await evil.exchange({ vouchers, needs: [{ tokens: 400, leastTokens: 1 }] })
    bench.nowMs += 86_400_000
    for (let round = 0; round < 3; round++) {
      await evil.exchange({ isLeaving: true })
      evil.incarnation = `${round}`.repeat(32)
      evil.sequence = 0
      await evil.exchange({ vouchers, needs: [{ tokens: 400, leastTokens: 1 }], cells: evil.cells({}) })
    }
    expect(await plans.useAll(plan, 50)).toMatchObject({ tokens: 1_000 })
  })

  it('that says nothing any more gives back its share without its word, and has none again soon', async () => {
    const plan = plans.member({ limits: { tokensPerDay: 1_000 } })
    const evils = plans.hostile(plan)
    for (const evil of evils) await evil.exchange()
    // The whole account has one share.
    expect(await plans.useAll(plan, 10)).toMatchObject({ tokens: 750 })
    bench.nowMs += silenceMs + 1_000
    expect(await plans.useAll(plan, 10)).toMatchObject({ tokens: 250 })
    bench.nowMs += 86_400_000
    for (const evil of evils) await evil.exchange({ cells: evil.cells({}) })
    expect(await plans.useAll(plan, 50)).toMatchObject({ tokens: 1_000 })
  })

  it('that reports and leaves recalls without a reply gives back its share after a minute', async () => {
    const plan = plans.member({ limits: { tokensPerDay: 1_000 } })
    const [evil] = plans.hostile(plan)
    await evil.exchange()
    bench.device(2).isCutOff = false
    expect(await plans.useAll(plan, 10)).toMatchObject({ tokens: 750 })
    bench.nowMs += recallLapseMs + 1_000
    await evil.exchange({ cells: evil.cells({ used: 0 }) })
    expect(await plans.useAll(plan, 10)).toMatchObject({ tokens: 250 })
  })

  it('that keeps what is called back keeps nothing', async () => {
    const plan = plans.member({ limits: { tokensPerDay: 1_000 } })
    const [evil] = plans.hostile(plan)
    await evil.exchange()
    evil.manner = 'all held'
    expect(await plans.useAll(plan, 50)).toMatchObject({ tokens: 1_000 })
  })

  it('has what it used counted late, and no more than it held', async () => {
    const plan = plans.member({ limits: { tokensPerDay: 1_000 } })
    const [evil] = plans.hostile(plan)
    await evil.exchange()
    bench.device(2).isCutOff = true
    bench.nowMs += silenceMs + 1_000
    expect(await plans.useAll(plan, 10)).toMatchObject({ tokens: 1_000 })
    const { service } = bench.device(0)
    const usedNow = (): number | undefined => service.states(plan.subject, plan.terms)[0]?.used
    await expect.poll(usedNow).toBe(1_000)
    bench.device(2).isCutOff = false
    // It was asked for 900 tokens while it was away, and may have used its share of 250 for them.
    await evil.exchange({ vouchers: [plans.voucher(plan, 2, 900)], cells: evil.cells({ used: 900 }) })
    expect(usedNow()).toBe(1_250)
  })

  it('may hold nothing where it is a guest’s or does not share, and can still report', async () => {
    const plan = plans.member({ limits })
    const [evil] = plans.hostile(plan)
    bench.trustOf = () => 'none'
    expect(await evil.exchange({ needs: [{ tokens: 10, leastTokens: 1 }] })).toMatchObject({
      error: { code: 'not_admitted' },
    })
    bench.trustOf = () => 'voucher'
    await evil.exchange({ vouchers: [plans.voucher(plan, 2, 60)], needs: [{ tokens: 60, leastTokens: 1 }] })
    bench.trustOf = () => 'none'
    const needs = [{ tokens: 10, leastTokens: 1 }]
    const refused = await evil.exchange({ needs, cells: evil.cells({ held: 20, used: 20 }) })
    expect(refused).toMatchObject({ value: { answers: [{ isUnasked: true }] } })
    expect(bench.device(0).service.states(plan.subject, plan.terms)).toContainEqual(
      expect.objectContaining({ name: 'tokensPerDay', used: 20 }),
    )
  })
})

describe('plan leases under way', { retry: 0 }, () => {
  const carry = (plan: MemberPlan, tokens: number): Promise<unknown> =>
    bench.device(0).service.carry(plan.subject, plan.terms, bench.device(2).deviceId, tokens)
  const used = (plan: MemberPlan): number | undefined =>
    bench.device(0).service.states(plan.subject, plan.terms)[0]?.used

  it('are settled once, by their machine, with no more than they allow', async () => {
    const plan = plans.member({ limits: { tokensPerDay: 1_000 } })
    const [evil, friend] = plans.hostile(plan)
    const first = bench.nowMs
    await carry(plan, 100)
    await carry(plan, 100)
    const total = bench.device(0)
    await expect.poll(() => used(plan)).toBe(200)
    const sequences = Array.from({ length: 64 }, (_, index) => first + index)
    const settle = (who: HostileHolder, tokens: number): Promise<unknown> =>
      who.exchange({ carried: sequences.map((sequence) => ({ sequence, tokens })) })
    await settle(friend, 0)
    expect(used(plan)).toBe(200)
    await settle(evil, 5_000_000)
    expect(used(plan)).toBe(200)
    await settle(evil, 0)
    await settle(evil, 5_000_000)
    expect(used(plan)).toBe(200)
    await total.service.written()
  })

  it('come back once their machine could have reported them, and count if it does so late', async () => {
    const plan = plans.member({ limits: { tokensPerDay: 1_000 } })
    const [evil] = plans.hostile(plan)
    const first = bench.nowMs
    await carry(plan, 1_000)
    bench.device(2).isCutOff = true
    bench.nowMs += 40 * 60_000
    expect(await plans.useAll(plan, 10)).toMatchObject({ tokens: 0 })
    bench.device(2).isCutOff = false
    expect(await plans.useAll(plan, 10)).toMatchObject({ tokens: 1_000 })
    await evil.exchange({ carried: [{ sequence: first, tokens: 5_000_000 }] })
    expect(used(plan)).toBe(2_000)
  })

  it('are not without number', async () => {
    const plan = plans.member({ limits: { tokensPerMonth: 1_000_000_000 } })
    const leases: unknown[] = []
    for (let count = 0; count < 600; count += 50) {
      leases.push(...(await Promise.all(Array.from({ length: 50 }, () => carry(plan, 1)))))
    }
    const refused = leases.filter((lease) => !(lease as { ok: boolean }).ok)
    expect(refused).toHaveLength(600 - 512)
    expect(refused[0]).toMatchObject({ error: { code: 'lease_invalid' } })
  }, 120_000)
})

describe('numbers in messages about limits', () => {
  const subject = { kind: 'member', poolId: 'aa'.repeat(32), accountId: 'bb'.repeat(32), keyId: null }
  const cell = { name: 'tokensPerDay', startMs: 0, held: 0, used: 0, reserved: 0 }
  const exchange = {
    ...{ type: 'exchange', subject, incarnation: 'ab'.repeat(16), sequence: 1, shareNumber: 0, cells: [cell] },
    ...{
      needs: [{ tokens: 1, leastTokens: 1 }],
      carried: [{ sequence: 1, tokens: 1 }],
      vouchers: [],
      isLeaving: false,
    },
  }
  const wrong = [NaN, Infinity, -Infinity, -1, 0.5, 2 ** 53, 1e300, '1', null]

  it('are whole and bounded', () => {
    expect(leaseQuotaCallSchema.safeParse(exchange).success).toBe(true)
    for (const value of wrong) {
      const calls = [
        { ...exchange, sequence: value },
        { ...exchange, shareNumber: value },
        { ...exchange, needs: [{ tokens: value, leastTokens: 1 }] },
        { ...exchange, needs: [{ tokens: 1, leastTokens: value }] },
        { ...exchange, carried: [{ sequence: value, tokens: 1 }] },
        { ...exchange, carried: [{ sequence: 1, tokens: value }] },
        ...(['startMs', 'held', 'used', 'reserved'] as const).map((field) => ({
          ...exchange,
          cells: [{ ...cell, [field]: value }],
        })),
        { type: 'recall', subject, answeredSequence: value, nowMs: 0 },
        { type: 'recall', subject, answeredSequence: 0, nowMs: value },
        { type: 'carry', subject, processorDeviceId: 'cc'.repeat(32), tokens: value },
      ]
      for (const call of calls) expect(leaseQuotaCallSchema.safeParse(call).success).toBe(false)
      const window = {
        name: 'tokensPerDay',
        limit: 1,
        startMs: 0,
        endMs: 1,
        held: 0,
        added: value,
        nextMs: 1,
        elsewhere: 0,
        wouldRefuse: 0,
      }
      const reply = { type: 'exchange', nowMs: 1, windows: [window], answers: [], share: null }
      expect(leaseQuotaReplySchema.safeParse(reply).success).toBe(false)
    }
  })
})
