import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ThreeInstalls } from './testing/three-installs.ts'

describe('three installs of which one is cut off for a while', () => {
  let installs: ThreeInstalls

  beforeAll(async () => {
    installs = await ThreeInstalls.start(60)
  }, 90_000)
  afterAll(() => installs.remove())

  it('count exactly what was used on both sides, once they meet again', { timeout: 120_000 }, async () => {
    const { ada, desk, laptop, poolId, model } = installs
    // Each has used the key once, so that the laptop holds its share of the limit.
    expect([await installs.askWithKey(desk), await installs.askWithKey(laptop)]).toEqual([200, 200])
    await installs.untilCounts(desk, ({ consumed }) => consumed.requests === 2)
    await installs.untilCounts(laptop, ({ consumed }) => consumed.requests === 2)

    await installs.cut()
    for (let count = 0; count < 3; count++) expect(await installs.askWithKey(desk)).toBe(200)
    for (let count = 0; count < 4; count++) expect(await installs.askWithKey(laptop)).toBe(200)
    await laptop.ask({ text: 'And without a key?', model, poolId })
    await ada.ask({ text: 'And you?', model, poolId })
    // Each side counts its own, and knows nothing of the other.
    await installs.untilCounts(desk, ({ consumed }) => consumed.requests === 5)
    await installs.untilCounts(laptop, ({ consumed }) => consumed.requests === 7)

    await installs.heal()
    const atDesk = await installs.untilCounts(desk, ({ consumed }) => consumed.requests === 10)
    const atLaptop = await installs.untilCounts(laptop, ({ consumed }) => consumed.requests === 10)
    const atAda = await installs.untilCounts(ada, ({ served }) => served.requests === 5)
    expect(atDesk).toEqual(atLaptop)
    expect(atAda.consumed.requests).toBe(1)

    // The totals are what the receipts add up to, and each attempt is there once.
    const consumed = await installs.receipts(desk, 'consumed')
    expect(new Set(consumed.map(({ attemptId }) => attemptId)).size).toBe(10)
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
    expect(atDesk.consumed.completionTokens).toBe(sum(consumed.map(({ completionTokens }) => completionTokens)))
    expect(atDesk.consumed.promptTokens).toBe(sum(consumed.map(({ promptTokens }) => promptTokens)))
    expect(consumed.filter(({ keyId }) => keyId === installs.keyId)).toHaveLength(9)
    expect(await installs.receipts(laptop, 'consumed')).toEqual(consumed)
    await expect
      .poll(async () => (await installs.receipts(ada, 'served')).map(({ state }) => state))
      .toEqual(Array.from({ length: 5 }, () => 'countersigned'))

    // And the limit of the key has counted every one of them, wherever one asks.
    for (const peer of [desk, laptop]) {
      await expect.poll(() => installs.keyUsed(peer), { timeout: 20_000 }).toBe(9)
    }
    for (const peer of [ada, desk, laptop]) {
      const month = new Date().toISOString().slice(0, 7)
      expect(await peer.peer.call('usage.verify', { poolId: null, month })).toMatchObject({
        ok: true,
        value: { problems: [] },
      })
    }
  })
})
