import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BeeFuzzer } from './testing/bee-fuzzer.ts'
import { TestStores } from './testing/test-stores.ts'

/** A machine that does much else is late by itself; what freezes a process has no end at all. */
const maxLoopDelayMs = 10_000
let stores: TestStores

beforeEach(async () => {
  stores = await TestStores.create()
})
afterEach(() => stores.close())

describe('bees with blocks at random, on cores that pair', () => {
  it.each([11, 12])('are read to an end in every way, then and after a restart: seed %i', async (seed) => {
    const fuzzer = await BeeFuzzer.open(stores, seed)
    for (let round = 0; round < 40; round += 1) await fuzzer.round()
    await fuzzer.secondStart(() => stores.open('victim'))
    const report = fuzzer.report()
    expect(report).toMatchObject({ rounds: 40 })
    expect(report.setAside).toBeGreaterThan(10)
    expect(report.honest).toBeGreaterThan(0)
    expect(report.maxReadsPerBlock).toBeLessThan(64)
    expect(report.loopDelayMaxMs).toBeLessThan(maxLoopDelayMs)
    expect(report.rssGrowthMb).toBeLessThan(300)
  })
})
