import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { receiptKey } from './usage-keys.ts'
import { storedReceiptSchema } from './receipt-store.ts'
import { attest, attemptIdOf, faultOf, packReceipt, signReceipt, unpackReceipt } from './signed-receipt.ts'
import { LedgerBench, ledgerPoolId, newIdentity, type LedgerBenchOptions } from './testing/ledger-bench.ts'
import { receiptOf } from './testing/receipts.ts'
import type { Receipt } from '../contract/usage.ts'
import type { PoolReceipts } from './pool-receipts.ts'

const hourMs = 3_600_000
const benches: LedgerBench[] = []
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.remove()
})

async function open(options: LedgerBenchOptions = {}): Promise<LedgerBench> {
  const bench = await LedgerBench.open(options)
  benches.push(bench)
  return bench
}

function poolOf(bench: LedgerBench): PoolReceipts {
  const pool = bench.ledger.pool(ledgerPoolId)
  if (!pool) throw new Error('No pool')
  return pool
}

/** Writes a generation of this device for itself, as its processor and as its gateway. */
async function written(bench: LedgerBench, changes: Partial<Receipt> = {}): Promise<Receipt> {
  const receipt = receiptOf(bench, changes)
  const { signed, flushed } = poolOf(bench).served(receipt)
  await Promise.all([flushed, poolOf(bench).countersigned(signed)])
  await bench.ledger.settled()
  return receipt
}

describe('a receipt', () => {
  it('is read though an earlier version had no word for what a machine said, and keeps that word', () => {
    const bench = { identity: newIdentity() }
    const { secretKey } = bench.identity.device
    const old = signReceipt(receiptOf(bench), secretKey)
    const fields = JSON.parse(old.record) as unknown[]
    expect(fields.at(-1)).toBeNull()
    const shorter = { ...packReceipt(old), record: JSON.stringify(fields.slice(0, -1)) }
    expect(unpackReceipt(shorter)?.receipt).toEqual(old.receipt)
    const said = { promptTokens: 3, completionTokens: 5_000_000 }
    const marked = packReceipt(attest(receiptOf(bench, { said, countedBy: 'stream' }), secretKey))
    expect(unpackReceipt(marked)?.receipt).toMatchObject({ said, completionTokens: 10 })
  })

  it('is read though a later version has added fields, and not when a field is wrong', () => {
    const bench = { identity: newIdentity() }
    const signed = signReceipt(receiptOf(bench), bench.identity.device.secretKey)
    const later = unpackReceipt({
      ...packReceipt(signed),
      record: signed.record.replace(/^\[1,/, '[2,').replace(/\]$/, ',{"new":1}]'),
    })
    expect(later?.receipt).toEqual(signed.receipt)
    for (const record of [
      '',
      '{}',
      '[1]',
      '[]',
      signed.record.replace('"complete"', '"grand"'),
      `[${signed.record}]`,
    ]) {
      expect(unpackReceipt({ ...packReceipt(signed), record })).toBeNull()
    }
  })

  it('holds only with the signatures of the devices it names', () => {
    const bench = { identity: newIdentity() }
    const other = newIdentity().device.secretKey
    const receipt = receiptOf(bench)
    expect(faultOf(signReceipt(receipt, bench.identity.device.secretKey))).toBeNull()
    expect(faultOf(signReceipt(receipt, other))).toBe('processor_signature')
    expect(faultOf(attest(receipt, other))).toBe('gateway_signature')
    const unsigned = { ...signReceipt(receipt, other), processor: null }
    expect(faultOf(unsigned)).toBe('processor_signature')
  })
})

describe('verify', () => {
  const month = '2026-11'
  const finishedAtMs = Date.UTC(2026, 10, 12, 10, 30)
  const nowMs = (): number => finishedAtMs + hourMs

  /** What is found after one receipt of three was changed in the bee itself. */
  async function found(change: (stored: ReturnType<typeof storedReceiptSchema.parse>) => unknown) {
    const bench = await open({ nowMs })
    const receipt = await written(bench, { finishedAtMs })
    await written(bench, { finishedAtMs: finishedAtMs + 1 })
    const bee = await bench.pool.usage.own(month)
    const key = receiptKey(receipt.finishedAtMs, receipt.attemptId)
    await bee?.update([[key, (stored) => change(storedReceiptSchema.parse(stored))]])
    const { receipts, verified, problems } = await bench.ledger.queries.verify(null, month)
    const reasons = problems.map(({ attemptId, reason }) => `${attemptId === receipt.attemptId} ${reason}`)
    return { receipts, verified, reasons: [...new Set(reasons)] }
  }

  it('finds nothing in what was written honestly', async () => {
    expect(await found((stored) => stored)).toEqual({ receipts: 2, verified: 2, reasons: [] })
  })

  it('names a receipt whose counts were changed', async () => {
    const changed = await found((stored) => ({ ...stored, record: stored.record.replace(',3,10,', ',3,11,') }))
    expect(changed).toMatchObject({ receipts: 2, verified: 1 })
    // The totals say what was counted; which receipt they miss, they cannot say.
    expect(changed.reasons).toEqual(['true processor_signature', expect.stringContaining('totals_differ')])
  })

  it('names a receipt whose gateway signature is another’s', async () => {
    const gateway = 'A'.repeat(86)
    const changed = await found((stored) => ({ ...stored, gateway }))
    expect(changed).toEqual({ receipts: 2, verified: 1, reasons: ['true gateway_signature'] })
  })

  it('names what cannot be read, and what is missing from the totals', async () => {
    const unreadable = await found((stored) => ({ ...stored, record: 'x' }))
    expect(unreadable).toMatchObject({ receipts: 1, verified: 1 })
    expect(unreadable.reasons).toContain('true unreadable')
    const removed = await found(() => undefined)
    expect(removed).toMatchObject({ receipts: 1, verified: 1 })
    expect(removed.reasons).toEqual(['false totals_differ'])
  })

  it('names what the gateway still owes after a day', async () => {
    let atMs = finishedAtMs + hourMs
    const bench = await open({ nowMs: () => atMs })
    const receipt = receiptOf(bench, { finishedAtMs, gatewayDeviceId: newIdentity().deviceId })
    await poolOf(bench).served(receipt).flushed
    expect(await bench.ledger.queries.verify(null, month)).toMatchObject({ verified: 1, problems: [] })
    atMs += 24 * hourMs
    const { problems } = await bench.ledger.queries.verify(null, month)
    expect(problems).toEqual([{ attemptId: receipt.attemptId, reason: 'gateway_missing' }])
  })
})

describe('the ledger', () => {
  it('keeps receipts that come before the read keys, and writes them once those are here', async () => {
    const bench = await open({ isKeyed: false })
    await written(bench)
    expect(bench.ledger.queries.today('served').requests).toBe(0)
    await bench.giveKeys(1)
    await expect.poll(() => bench.ledger.queries.today('served').requests).toBe(1)
    expect(bench.ledger.queries.today('consumed').requests).toBe(1)
  })

  it('counts once what is signed late, in another epoch of the read keys', async () => {
    const bench = await open()
    const receipt = receiptOf(bench)
    const { signed, flushed } = poolOf(bench).served(receipt)
    await flushed
    await bench.giveKeys(2)
    await poolOf(bench).countersigned(signed)
    await bench.ledger.settled()
    expect(bench.usageCores()).toHaveLength(3)
    for (const direction of ['served', 'consumed'] as const) {
      expect(bench.ledger.queries.today(direction).requests).toBe(1)
    }
    const month = new Date(receipt.finishedAtMs).toISOString().slice(0, 7)
    expect(await bench.ledger.queries.verify(null, month)).toEqual({ receipts: 1, verified: 1, problems: [] })
  })

  it.each([0, 1])('takes the processor’s word for the gateway’s own where it ended %i ms later', async (laterMs) => {
    const bench = await open()
    const processor = newIdentity()
    const seen = receiptOf(bench, { processorDeviceId: processor.deviceId, outcome: 'lost', completionTokens: 1 })
    const bounds = { promptTokens: 100, completionTokens: 100 }
    await poolOf(bench).attested(seen, bounds)
    const told = { ...seen, completionTokens: 7, finishedAtMs: seen.finishedAtMs + laterMs }
    const half = signReceipt(told, processor.device.secretKey)
    await poolOf(bench).countersigned(half, attest(seen, bench.identity.device.secretKey))
    await bench.ledger.settled()
    const range = { poolId: null, direction: 'consumed', fromMs: 0, toMs: Date.now() + hourMs } as const
    expect(await bench.ledger.queries.receipts({ ...range, keyId: null, max: 10 })).toMatchObject([
      { state: 'countersigned', completionTokens: 7 },
    ])
    expect(bench.ledger.queries.today('consumed')).toMatchObject({ requests: 1, completionTokens: 7 })
  })

  it('keeps the receipts of a guest to itself, also once the guest is a member', async () => {
    const identity = newIdentity()
    const bench = await open({ identity, isGuest: true })
    await written(bench)
    expect(bench.ledger.queries.today('consumed').requests).toBe(1)
    const named = (one: LedgerBench) => one.pool.bees.own('member')?.bee.list('v1/usage-core/', z.unknown())
    expect(await named(bench)).toEqual([])
    await bench.giveKeys(1)
    await written(bench)
    expect(await named(bench)).toHaveLength(1)
    expect(bench.ledger.queries.today('consumed').requests).toBe(2)
    const directory = Reflect.get(bench, 'directory') as string
    await bench.close()
    benches.splice(benches.indexOf(bench), 1)
    const again = await open({ identity, directory })
    const range = { poolId: null, direction: 'consumed', fromMs: 0, toMs: Date.now() + hourMs } as const
    expect(await again.ledger.queries.receipts({ ...range, keyId: null, max: 10 })).toHaveLength(2)
  })

  it('drops the receipts of old months whole and keeps their totals, before and after its index is lost', async () => {
    let atMs = Date.UTC(2025, 8, 20)
    const identity = newIdentity()
    const bench = await open({ identity, nowMs: () => atMs })
    const receipt = await written(bench, { finishedAtMs: atMs })
    atMs = Date.UTC(2026, 10, 20)
    await written(bench, { finishedAtMs: atMs })
    const directory = Reflect.get(bench, 'directory') as string
    await bench.close()
    benches.splice(benches.indexOf(bench), 1)
    const again = await open({ identity, directory, nowMs: () => atMs })
    const range = { poolId: null, direction: 'consumed', fromMs: 0, toMs: atMs + 1 } as const
    const counted = async () => {
      const { buckets } = await again.ledger.queries.report({ ...range, grain: 'month', groupBy: 'model' })
      return buckets.map(({ startMs, groups }) => [new Date(startMs).toISOString().slice(0, 7), groups[0]?.requests])
    }
    await expect.poll(async () => (await again.ledger.queries.verify(null, '2025-09')).receipts).toBe(0)
    await expect.poll(counted).toEqual([
      ['2025-09', 1],
      ['2026-11', 1],
    ])
    expect(await again.ledger.queries.receipts({ ...range, keyId: null, max: 10 })).toHaveLength(1)
    expect(receipt.finishedAtMs).toBeLessThan(Date.UTC(2025, 9, 1))
  })

  it('puts hours into the days of the account’s time zone', async () => {
    const nowMs = (): number => Date.UTC(2026, 10, 12, 20)
    const bench = await open({ nowMs, timeZone: 'Asia/Tokyo' })
    for (const hour of [14, 15]) await written(bench, { finishedAtMs: Date.UTC(2026, 10, 12, hour, 10) })
    const range = { poolId: null, direction: 'served', fromMs: nowMs() - 48 * hourMs, toMs: nowMs() } as const
    const { buckets, totals } = await bench.ledger.queries.report({ ...range, grain: 'day', groupBy: 'machine' })
    expect(buckets.map(({ startMs, groups }) => [startMs, groups.map(({ id, requests }) => [id, requests])])).toEqual([
      [Date.UTC(2026, 10, 11, 15), [[bench.deviceId, 1]]],
      [Date.UTC(2026, 10, 12, 15), [[bench.deviceId, 1]]],
    ])
    expect(totals.requests).toBe(2)
    expect(bench.ledger.queries.today('served').requests).toBe(1)
  })

  it('writes a formula that somebody calls a model as text', async () => {
    const bench = await open()
    await written(bench, { model: '=HYPERLINK("http://x","y")' })
    const range = { poolId: null, direction: 'served', fromMs: 0, toMs: Date.now() + hourMs } as const
    const csv = await bench.ledger.queries.export({ ...range, format: 'csv' })
    expect(csv.ok && csv.value.text).toContain(`,"'=HYPERLINK(""http://x"",""y"")",`)
    const json = await bench.ledger.queries.export({ ...range, format: 'json' })
    expect(json.ok && (JSON.parse(json.value.text) as object)).toMatchObject({
      direction: 'served',
      receipts: [{ prompt_tokens: 3 }],
    })
  })

  it('takes an attempt apart from a second one of the same request', async () => {
    const bench = await open()
    const { requestId } = await written(bench)
    await written(bench, { requestId, attemptId: attemptIdOf(requestId, 2), outcome: 'failed' })
    expect(bench.ledger.queries.today('consumed')).toMatchObject({ requests: 2, failures: 1 })
  })
})
