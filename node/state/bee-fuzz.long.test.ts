import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { Bee } from './bee.ts'
import { BeeFuzzer } from './testing/bee-fuzzer.ts'
import { RandomTree, seeded } from './testing/random-tree.ts'
import { replicate } from './testing/replicate.ts'
import { TestStores } from './testing/test-stores.ts'

const seed = Number(process.env['KITH_FUZZ_SEED'] ?? Date.now() % 1_000_000)
const minutes = 10 * 60_000
/** A machine that does much else is late by itself; what freezes a process has no end at all. */
const maxLoopDelayMs = 10_000
let stores: TestStores

beforeEach(async () => {
  stores = await TestStores.create()
})
afterEach(() => stores.close())

describe('bees with blocks at random, on cores that pair', () => {
  it(`are read to an end in every way, then and after a restart: seed ${seed}`, { timeout: minutes }, async () => {
    const fuzzer = await BeeFuzzer.open(stores, seed)
    for (let round = 0; round < 1_000; round += 1) await fuzzer.round()
    await fuzzer.secondStart(() => stores.open('victim'))
    const report = fuzzer.report()
    process.stdout.write(`${JSON.stringify({ seed, ...report })}\n`)
    expect(report.maxReadsPerBlock).toBeLessThan(64)
    expect(report.loopDelayMaxMs).toBeLessThan(maxLoopDelayMs)
    expect(report.rssGrowthMb).toBeLessThan(500)
  })
})

describe('100,000 honest random puts and removals in random batches', () => {
  it('are read at another device as they were written', { timeout: 2 * minutes }, async () => {
    const keyPair = keyPairFromSeed(randomBytes(32))
    const bee = await Bee.open(await stores.open('writer'), 'member', { keyPair }, null)
    const read = await Bee.open(await stores.open('reader'), 'member', { key: bee.key }, null)
    read.keepAll()
    const part = replicate(bee, read)
    const tree = new RandomTree(bee, seeded(seed), 4_000)
    const cursor = { version: 0, records: new Map<string, unknown>() }
    while (tree.operations < 100_000) {
      await tree.step()
      // A reader that follows the differences alone, a batch at a time, must come to hold the same.
      await expect.poll(() => read.core.contiguousLength, { interval: 2 }).toBe(bee.core.length)
      const { differences, version } = await read.differences(cursor.version, 'v1/k/')
      for (const { key, before, after } of differences) {
        expect(cursor.records.get(key) ?? null).toEqual(before ?? null)
        if (after === null) cursor.records.delete(key)
        else cursor.records.set(key, after)
      }
      cursor.version = version
      if (tree.operations % 50 === 0) expect(await read.list('v1/k/', z.number())).toEqual(tree.sorted)
    }
    expect(read.unlawful).toBeNull()
    expect(await read.list('v1/k/', z.number())).toEqual(tree.sorted)
    expect(cursor.records).toEqual(tree.records)
    part()
  })
})
