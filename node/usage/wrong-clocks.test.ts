import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReceiptView } from '../contract/usage.ts'
import { LedgerBench, ledgerPoolId } from './testing/ledger-bench.ts'
import { receiptOf } from './testing/receipts.ts'

const hourMs = 3_600_000
const nowMs = Date.UTC(2026, 10, 1, 3)
let bench: LedgerBench
beforeEach(async () => {
  bench = await LedgerBench.open({ nowMs: () => nowMs, timeZone: 'UTC' })
})
afterEach(() => bench.remove())

/** A generation that a machine dates by its own clock; the gateway heard of it `agoMs` ago. */
async function written(finishedAtMs: number, agoMs: number | null = 0): Promise<string> {
  const receipt = receiptOf(bench, { finishedAtMs })
  const pool = bench.ledger.pool(ledgerPoolId)
  if (!pool) throw new Error('No pool')
  const { signed, flushed } = pool.served(receipt)
  await Promise.all([flushed, pool.countersigned(signed, null, agoMs === null ? null : nowMs - agoMs)])
  await bench.ledger.settled()
  return receipt.attemptId
}

function receipts(fromMs: number, toMs = nowMs + 1, max = 50): Promise<ReceiptView[]> {
  const range = { poolId: null, direction: 'consumed', fromMs, toMs, keyId: null, max } as const
  return bench.ledger.queries.receipts(range)
}

describe('receipts of a machine whose clock is off', () => {
  it('are listed where they came, with how far its clock was off', async () => {
    const ahead = await written(nowMs + 5 * hourMs)
    // Its time is in the month before.
    const behind = await written(nowMs - 30 * hourMs, 60_000)
    const right = await written(nowMs - 1_000, null)
    const found = await receipts(nowMs - hourMs)
    expect(found.map(({ attemptId, clockOffMs }) => [attemptId, clockOffMs])).toEqual([
      [ahead, 5 * hourMs],
      [right, null],
      [behind, 60_000 - 30 * hourMs],
    ])
    // They are not of the time that the wrong clock says.
    expect(await receipts(nowMs - 31 * hourMs, nowMs - 29 * hourMs)).toEqual([])
  })

  it('are counted as of now while they are dated later', async () => {
    const { promptTokens, completionTokens } = receiptOf(bench)
    await written(nowMs + 5 * hourMs)
    const query = { poolId: null, direction: 'consumed', fromMs: nowMs - 24 * hourMs, toMs: nowMs } as const
    const report = await bench.ledger.queries.report({ ...query, grain: 'day', groupBy: 'none' })
    expect(report.totals).toMatchObject({ requests: 1, promptTokens, completionTokens })
    expect(report.buckets.map(({ startMs }) => startMs)).toEqual([Date.UTC(2026, 10, 1)])
    expect(bench.ledger.queries.today('consumed').requests).toBe(1)
  })

  it('that were written here under a clock that was years ahead are shown, and hide nothing that is newer', async () => {
    for (let index = 0; index < 8; index++) await written(nowMs + 3_650 * 24 * hourMs + index, null)
    const right = await written(nowMs - 1_000, null)
    const found = await receipts(nowMs - hourMs, nowMs + 1, 4)
    expect(found.map(({ attemptId }) => attemptId)).toContain(right)
    expect(found.filter(({ clockOffMs }) => clockOffMs !== null).length).toBeGreaterThan(0)
  })
})
