import { expect, it } from 'vitest'
import { Fuzzer } from '../protocol/testing/fuzzer.ts'
import { fuzzReplication } from './testing/replication-fuzz.ts'

/** KITH_FUZZ_SEED repeats a failure; KITH_FUZZ_MS sets how long is thrown. */
const seed = Number(process.env['KITH_FUZZ_SEED'] ?? 20_261_130)
const durationMs = Number(process.env['KITH_FUZZ_MS'] ?? 5_000)

it(`random and mutated replication messages do no harm (seed ${seed})`, { timeout: durationMs + 90_000 }, async () => {
  const uncaught: unknown[] = []
  const note = (cause: unknown): void => void uncaught.push(cause)
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
  const result = await fuzzReplication(durationMs, new Fuzzer(seed))
  process.off('uncaughtException', note)
  process.off('unhandledRejection', note)
  process.stdout.write(`${JSON.stringify(result)}\n`)
  expect(uncaught).toEqual([])
  expect(result.connections).toBeGreaterThan(3)
  expect(result.received).toBe(result.connections)
  expect(result.stallMs).toBeLessThan(250)
  expect(result.rssGrowthMb).toBeLessThan(100)
  expect(result.unsentBytes).toBeLessThan(64 * 2 ** 20)
})
