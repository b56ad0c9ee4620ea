import { expect, it } from 'vitest'
import { Fuzzer } from '../protocol/testing/fuzzer.ts'
import { fuzzReplication } from './testing/replication-fuzz.ts'

const seed = Number(process.env['KITH_FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const durationMs = Number(process.env['KITH_FUZZ_MS'] ?? 60_000)

it(`a minute of replication messages does no harm (seed ${seed})`, { timeout: durationMs + 120_000 }, async () => {
  const result = await fuzzReplication(durationMs, new Fuzzer(seed))
  process.stdout.write(`${JSON.stringify(result)}\n`)
  expect(result.received).toBe(result.connections)
  expect(result.stallMs).toBeLessThan(250)
  expect(result.rssGrowthMb).toBeLessThan(100)
})
