import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ok } from '../contract/result.ts'
import type { AttemptId, RequestId } from '../contract/ids.ts'
import type { ReceiptView } from '../contract/usage.ts'
import { FakePeer } from './testing/fake-peer.ts'
import { accountA, deviceA, deviceB, familyPool } from './testing/fake-state.ts'
import { TestInstall } from './testing/run.ts'

const exportedJson = JSON.stringify({ direction: 'consumed', receipts: [{ a: 1 }, { a: 2 }] })
const totals = { requests: 4, failures: 1, promptTokens: 30, completionTokens: 70 }
const receipt: ReceiptView = {
  attemptId: `${'a'.repeat(32)}-1` as AttemptId,
  requestId: 'a'.repeat(32) as RequestId,
  poolId: familyPool,
  accountId: accountA,
  keyId: null,
  model: 'gemma:latest',
  modelDigest: '',
  processorDeviceId: deviceB,
  gatewayDeviceId: deviceA,
  promptTokens: 3,
  completionTokens: 5,
  countedBy: 'engine',
  said: null,
  queueMs: 0,
  firstTokenMs: 10,
  durationMs: 120,
  outcome: 'complete',
  seams: 0,
  finishedAtMs: Date.parse('2026-11-25T13:30:00Z'),
  direction: 'consumed',
  state: 'countersigned',
  accountName: 'ada',
  keyName: '',
  machineName: 'gpu-box',
  machineAccountName: 'bob',
  clockOffMs: null,
}

let peer = new FakePeer()
let install = new TestInstall(peer)
beforeEach(() => {
  peer = new FakePeer({
    'usage.report': ({ grain }) =>
      Promise.resolve(
        ok({
          grain,
          buckets: [{ startMs: Date.parse('2026-11-25T13:00:00Z'), groups: [{ ...totals, id: 'x', label: 'gemma' }] }],
          totals,
        }),
      ),
    'usage.receipts': () => Promise.resolve(ok({ receipts: [receipt] })),
    'usage.export': ({ format }) =>
      Promise.resolve(ok({ fileName: `kith.${format}`, text: format === 'csv' ? 'a,b\r\n' : exportedJson })),
    'usage.verify': () => Promise.resolve(ok({ receipts: 2, verified: 2, problems: [] })),
  })
  install = new TestInstall(peer)
})
afterEach(() => install.remove())

const inputsOf = (name: string): unknown[] => peer.called.filter((one) => one.name === name).map(({ input }) => input)

describe('kith usage', () => {
  it('reports what was asked for, day by day, without a word after it', async () => {
    const run = await install.run(['usage'])
    expect(run.out).toMatch(
      /^When +requests +failed +prompt tokens +answer tokens\n2026-11-25 +4 +1 +30 +70\nAll consumed +4/,
    )
    expect(inputsOf('usage.report')).toMatchObject([
      { poolId: null, direction: 'consumed', grain: 'day', groupBy: 'none' },
    ])
  })

  it('takes what to group by, how long a line is, since when, and the direction', async () => {
    const run = await install.run([
      ...[
        'usage',
        'report',
        '--by',
        'member',
        '--grain',
        'hour',
        '--served',
        '--since',
        '2026-11-01',
        '--pool',
        'family',
      ],
      '--json',
    ])
    expect(run.lines).toMatchObject([
      { type: 'usage-bucket', direction: 'served', groupBy: 'account', groups: [{ label: 'gemma', requests: 4 }] },
      { type: 'usage-totals', direction: 'served', ...totals },
    ])
    expect(inputsOf('usage.report')).toMatchObject([
      { poolId: familyPool, direction: 'served', grain: 'hour', groupBy: 'account', fromMs: Date.parse('2026-11-01') },
    ])
    expect((await install.run(['usage', '--by', 'colour'])).code).toBe(2)
    expect((await install.run(['usage', '--since', 'monday'])).code).toBe(2)
  })

  it('shows single answers', async () => {
    expect((await install.run(['usage', 'receipts', '--max', '5'])).out).toMatch(
      /^2026-11-25T13:30:00 +chat +gemma:latest +gpu-box +3\+5 tokens +120 ms +complete +countersigned\n$/,
    )
    expect(inputsOf('usage.receipts')).toMatchObject([{ keyId: null, max: 5 }])
  })

  it('says which machine said what cannot be true, and what is an estimate', async () => {
    const lied = { ...receipt, countedBy: 'stream' as const, said: { promptTokens: 3, completionTokens: 5_000_000 } }
    peer.handlers = { 'usage.receipts': () => Promise.resolve(ok({ receipts: [lied, receipt] })) }
    const run = await install.run(['usage', 'receipts'])
    expect(run.out).toMatch(/3\+5 tokens \(estimated\) +120 ms/)
    expect(run.out).toMatch(
      /\n2026-11-25T13:30:00 {2}bob \(gpu-box\) said 5000003 tokens, which cannot be true: 8 were counted\.\n$/,
    )
  })

  it('exports to standard output or to a file, and never over one', async () => {
    expect((await install.run(['usage', 'export'])).out).toBe('a,b\n')
    const path = join(install.profileDir, 'usage.jsonl')
    expect((await install.run(['usage', 'export', '--json-lines', '--output', path])).code).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"a":2}\n')
    expect((await install.run(['usage', 'export', '--output', path])).code).toBe(1)
    expect(existsSync(path) && readFileSync(path, 'utf8')).toContain('"a":2')
  })

  it('checks a month, and fails where something does not hold', async () => {
    expect(await install.run(['usage', 'verify', '--month', '2026-11'])).toMatchObject({
      code: 0,
      out: '2 of 2 receipts of 2026-11 hold.\n',
    })
    const problems = [{ attemptId: 'x-1', reason: 'processor_signature' as const }]
    peer.handlers = { 'usage.verify': () => Promise.resolve(ok({ receipts: 2, verified: 1, problems })) }
    const run = await install.run(['usage', 'verify', '--json'])
    expect(run).toMatchObject({
      code: 1,
      lines: [
        { type: 'usage-verified', receipts: 2, verified: 1, problems },
        { type: 'error', error: { code: 'usage_unverified' } },
      ],
    })
    expect((await install.run(['usage', 'verify', '--month', 'may'])).code).toBe(2)
  })
})
