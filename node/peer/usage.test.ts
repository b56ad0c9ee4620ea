import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PoolId } from '../contract/ids.ts'
import type { ReceiptView, UsageDirection } from '../contract/usage.ts'
import { PeerBench } from './testing/peer-bench.ts'
import { type TestPeer, valueOf } from './testing/test-peer.ts'

describe('usage of two installs', () => {
  let bench: PeerBench
  let giver: TestPeer
  let asker: TestPeer
  let poolId: PoolId
  let model: string

  beforeAll(async () => {
    bench = await PeerBench.open()
    ;({ giver, asker, poolId, model } = await bench.pair())
  })
  afterAll(() => bench.close())

  const rangeOf = (direction: UsageDirection) => ({ poolId, direction, fromMs: 0, toMs: Date.now() + 3_600_000 })

  async function receiptsOf(peer: TestPeer, direction: UsageDirection): Promise<ReceiptView[]> {
    const query = { ...rangeOf(direction), keyId: null, max: 100 }
    return valueOf(await peer.peer.call('usage.receipts', query)).receipts
  }

  it('is shown on both within a second, in equal counts, by names and as a file', async () => {
    const { answer } = await asker.ask({ text: 'Say something.', model, poolId })
    const endedMs = performance.now()
    const used = await asker.until((state) => state.usage.consumedToday.requests === 1, 'its own usage')
    const given = await giver.until((state) => state.usage.servedToday.requests === 1, 'what it served')
    expect(performance.now() - endedMs).toBeLessThan(1_000)
    expect(used.usage.consumedToday).toEqual(given.usage.servedToday)
    expect(used.usage.consumedToday.completionTokens).toBe(answer?.completionTokens)
    expect(used.usage.servedToday.requests + given.usage.consumedToday.requests).toBe(0)

    await expect
      .poll(async () => (await receiptsOf(giver, 'served')).map(({ state }) => state), { timeout: 10_000 })
      .toEqual(['countersigned'])
    const [served] = await receiptsOf(giver, 'served')
    const [consumed] = await receiptsOf(asker, 'consumed')
    expect(served).toMatchObject({ accountName: 'asker', keyName: '', outcome: 'complete' })
    expect(consumed).toEqual({ ...served, direction: 'consumed' })

    const report = valueOf(
      await asker.peer.call('usage.report', { ...rangeOf('consumed'), grain: 'day', groupBy: 'account' }),
    )
    expect(report.buckets.flatMap(({ groups }) => groups.map(({ label }) => label))).toEqual(['giver'])
    const file = valueOf(await giver.peer.call('usage.export', { ...rangeOf('served'), format: 'csv' }))
    expect(file.text.split('\r\n')[0]).toMatch(/^direction,finished_at_utc,account,.*prompt_tokens,.*queue_ms/)
    expect(file.text).toContain('served,')
    for (const peer of [giver, asker]) {
      const month = new Date().toISOString().slice(0, 7)
      const verified = valueOf(await peer.peer.call('usage.verify', { poolId: null, month }))
      expect(verified).toEqual({ receipts: 1, verified: 1, problems: [] })
    }
  })

  it('counts own questions on the own machine on both sides, in the private pool too', async () => {
    const own = (await giver.state()).pools.find((pool) => pool.kind === 'devices')
    if (!own) throw new Error('No pool of the own devices')
    await giver.ask({ text: 'And now?', model, poolId: own.poolId })
    const { usage } = await giver.until((state) => state.usage.consumedToday.requests === 1, 'its own question')
    expect(usage.servedToday.requests).toBe(2)
  })

  it('is the same after a restart', async () => {
    const before = (await giver.state()).usage
    await giver.stop()
    giver = await bench.start('giver', { directory: giver.directory })
    await giver.unlock()
    const { usage } = await giver.until((state) => state.usage.servedToday.requests === 2, 'its usage')
    expect(usage).toMatchObject({ servedToday: before.servedToday, consumedToday: before.consumedToday })
    expect(await receiptsOf(giver, 'served')).toHaveLength(1)
  })
})
