import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeviceId, KeyId, RequestId } from '../../../node/contract/ids.ts'
import { usageGroupingSchema } from '../../../node/contract/usage.ts'
import { keyPairFromSeed } from '../../../node/crypto/keys.ts'
import { ReceiptStore } from '../../../node/usage/receipt-store.ts'
import { attemptIdOf, countersign, signReceipt } from '../../../node/usage/signed-receipt.ts'
import { LedgerBench } from '../../../node/usage/testing/ledger-bench.ts'
import { receiptOf } from '../../../node/usage/testing/receipts.ts'
import type { Cleanup } from '../../harness/run-cleanly.ts'
import { median } from './statistics.ts'

const yearMs = 365 * 86_400_000
const keyCount = 100
const modelCount = 5
const machineCount = 8
const chartRounds = 9

/** A year of answers that this account asked for: written as the gateway does, then shown as a chart. */
export async function measureUsage(
  cleanup: Cleanup,
  receipts: number,
): Promise<{
  yearChartMs: number
  bytesPerReceipt: number
  writtenPerSecond: number
  indexMs: number
  openMs: number
}> {
  const directory = await mkdtemp(join(tmpdir(), 'kith-bench-usage-'))
  cleanup.add(() => rm(directory, { recursive: true, force: true }))
  const nowMs = Date.now()
  const writer = await LedgerBench.open({ directory, nowMs: () => nowMs })
  const { identity } = writer
  // What follows the writing is measured separately.
  await writer.ledger.stop()
  const writtenMs = await write(writer, receipts, nowMs)
  await writer.store.close()
  const bytes = await sizeOf(directory)

  let startedMs = performance.now()
  const built = await LedgerBench.open({ directory, identity, nowMs: () => nowMs })
  await built.ledger.queries.verify(null, '2000-01')
  await built.ledger.settled()
  const indexMs = performance.now() - startedMs
  await built.close()

  startedMs = performance.now()
  const opened = await LedgerBench.open({ directory, identity, nowMs: () => nowMs })
  cleanup.add(() => opened.close())
  await opened.ledger.queries.verify(null, '2000-01')
  const openMs = performance.now() - startedMs
  await opened.ledger.settled()
  const times: number[] = []
  const range = { poolId: null, direction: 'consumed', fromMs: nowMs - yearMs - 86_400_000, toMs: nowMs + 1 } as const
  for (const grain of ['day', 'month'] as const) {
    for (const groupBy of usageGroupingSchema.options) {
      const rounds: number[] = []
      for (let round = 0; round < chartRounds; round += 1) {
        const beginMs = performance.now()
        const report = await opened.ledger.queries.report({ ...range, grain, groupBy })
        rounds.push(performance.now() - beginMs)
        if (report.totals.requests !== receipts) throw new Error(`The chart counts ${report.totals.requests} answers`)
      }
      times.push(median(rounds))
    }
  }
  return {
    yearChartMs: Math.max(...times),
    bytesPerReceipt: bytes / receipts,
    writtenPerSecond: receipts / (writtenMs / 1_000),
    indexMs,
    openMs,
  }
}

async function write(bench: LedgerBench, receipts: number, nowMs: number): Promise<number> {
  const store = new ReceiptStore(async (month) => {
    const current = await bench.pool.usage.own(month)
    return current && { current, earlier: [] }
  })
  const keys = Array.from({ length: keyCount }, () => randomBytes(8).toString('hex') as KeyId)
  const machines = Array.from({ length: machineCount }, () => keyPairFromSeed(new Uint8Array(randomBytes(32))))
  const gateway = bench.identity.device.secretKey
  const stepMs = yearMs / receipts
  const startedMs = performance.now()
  let writing: Promise<void>[] = []
  for (let count = 0; count < receipts; count += 1) {
    const requestId = randomBytes(16).toString('hex') as RequestId
    const machine = machines[pick(machineCount)] ?? machines[0]
    if (!machine) throw new Error('There is no machine')
    const receipt = receiptOf(bench, {
      requestId,
      attemptId: attemptIdOf(requestId, 1),
      keyId: keys[pick(keyCount)] ?? null,
      model: `model-${pick(modelCount)}:8b`,
      modelDigest: 'sha256:'.padEnd(71, '5'),
      processorDeviceId: Buffer.from(machine.publicKey).toString('hex') as DeviceId,
      promptTokens: pick(2_000),
      completionTokens: pick(800),
      finishedAtMs: Math.floor(nowMs - yearMs + (count + 1) * stepMs),
    })
    writing.push(store.record(countersign(signReceipt(receipt, machine.secretKey), gateway), 'consumed'))
    if (writing.length < 1_000) continue
    await store.flush()
    await Promise.all(writing)
    writing = []
  }
  await store.flush()
  await Promise.all(writing)
  return performance.now() - startedMs
}

function pick(count: number): number {
  return Math.floor(Math.random() * count)
}

/** Bytes of all files, as the disk holds them. */
async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  )
  return sizes.reduce((total, size) => total + size, 0)
}
