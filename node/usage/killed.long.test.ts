import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { beforeAll, describe, expect, it } from 'vitest'
import { identityOf } from '../accounts/identity.ts'
import type { AccountId } from '../contract/ids.ts'
import { LedgerBench, ledgerPoolId } from './testing/ledger-bench.ts'

const outDir = join(import.meta.dirname, '../../node_modules/.cache/kith-killable-ledger')
const rounds = 50

describe('receipts of a program that is killed', { retry: 0 }, () => {
  beforeAll(async () => {
    await build({
      configFile: false,
      logLevel: 'error',
      build: { ssr: join(import.meta.dirname, 'testing/killable-ledger.ts'), outDir, emptyOutDir: true },
    })
  })

  // Fifty starts of a program take their time on a busy machine.
  const timeout = 300_000

  it('are all there once they were acknowledged, and the totals are what they add up to', { timeout }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kith-killed-ledger-'))
    const seed = randomBytes(32)
    const accountId = randomBytes(32).toString('hex') as AccountId
    const identity = identityOf({ accountId, entropy: null, deviceSeed: new Uint8Array(seed) })
    const acknowledged = new Set<string>()
    for (let round = 0; round < rounds; round += 1) {
      const child = fork(join(outDir, 'killable-ledger.js'), [directory, seed.toString('hex'), accountId], {
        execArgv: [],
      })
      const exited = once(child, 'exit')
      const killAt = performance.now() + 30_000
      let isDoomed: NodeJS.Timeout | undefined
      child.on('message', (message: { attemptId?: string }) => {
        if (message.attemptId) acknowledged.add(message.attemptId)
        // Somewhere in a later group commit, another moment of it in each round.
        if (message.attemptId) isDoomed ??= setTimeout(() => child.kill('SIGKILL'), (round * 37) % 70)
      })
      expect(await exited).toEqual([null, 'SIGKILL'])
      expect(performance.now()).toBeLessThan(killAt)
    }
    expect(acknowledged.size).toBeGreaterThan(rounds)

    const bench = await LedgerBench.open({ directory, identity })
    try {
      await expect.poll(() => bench.ledger.pool(ledgerPoolId)?.owed().length).toBe(0)
      await bench.ledger.settled()
      const range = { poolId: null, fromMs: 0, toMs: Date.now() + 60_000, keyId: null, max: 1_000_000 }
      const served = await bench.ledger.queries.receipts({ ...range, direction: 'served' })
      const stored = new Set<string>(served.map(({ attemptId }) => attemptId))
      expect([...acknowledged].filter((attemptId) => !stored.has(attemptId))).toEqual([])
      // A run may cross midnight, and with it a month.
      const months = new Set(served.map(({ finishedAtMs }) => new Date(finishedAtMs).toISOString().slice(0, 7)))
      let verified = 0
      for (const month of months) {
        const checked = await bench.ledger.queries.verify(null, month)
        expect(checked).toMatchObject({ problems: [], receipts: checked.verified })
        verified += checked.verified
      }
      expect(verified).toBe(stored.size)
      const hours = { ...range, direction: 'served', grain: 'hour', groupBy: 'none' } as const
      const report = await bench.ledger.queries.report({ ...hours, fromMs: Date.now() - 24 * 3_600_000 })
      expect(report.totals).toMatchObject({
        requests: stored.size,
        completionTokens: served.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
      })
    } finally {
      await bench.close()
      await rm(directory, { recursive: true, force: true })
    }
  })
})
