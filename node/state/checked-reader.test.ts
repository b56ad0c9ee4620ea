import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { Bee } from './bee.ts'
import { RandomTree, seeded } from './testing/random-tree.ts'
import { replicate } from './testing/replicate.ts'
import { TestStores } from './testing/test-stores.ts'

const encryptionKey = new Uint8Array(32).fill(7)
let stores: TestStores
const partings: (() => void)[] = []

beforeEach(async () => {
  stores = await TestStores.create()
})
afterEach(async () => {
  for (const part of partings.splice(0)) part()
  await stores.close()
})

describe('what an honest device writes', () => {
  it('is read at another device as it is at its writer, after each of many random batches', async () => {
    const { tree, read } = await openTree(1, 300)
    const versions: { version: number; records: ReadonlyMap<string, number> }[] = []
    const random = seeded(2)
    while (tree.operations < 5_000) {
      await tree.step()
      await arrived(read, tree.bee)
      await expectSame(read, tree)
      versions.push({ version: read.version, records: new Map(tree.records) })
      const before = versions[Math.floor(random() * versions.length)]
      if (before) await expectDifferences(read, before, tree.records)
    }
    expect(read.unlawful).toBeNull()
  })
})

async function openTree(seed: number, keyCount: number): Promise<{ tree: RandomTree; read: Bee }> {
  const source = { keyPair: keyPairFromSeed(randomBytes(32)) }
  const bee = await Bee.open(await stores.open('writer'), 'member', source, encryptionKey)
  const read = await Bee.open(await stores.open('reader'), 'member', { key: bee.key }, encryptionKey)
  read.keepAll()
  partings.push(replicate(bee, read))
  return { tree: new RandomTree(bee, seeded(seed), keyCount), read }
}

async function arrived(read: Bee, bee: Bee): Promise<void> {
  await expect.poll(() => read.core.contiguousLength, { interval: 2 }).toBe(bee.core.length)
}

async function expectSame(read: Bee, tree: RandomTree): Promise<void> {
  expect(await read.list('v1/k/', z.number())).toEqual(tree.sorted)
  const backwards: unknown[] = []
  const range = { gte: 'v1/k/000050', lt: 'v1/k/000100' }
  for await (const { key, value } of read.newest(range, z.number())) backwards.push({ key: key.slice(5), value })
  expect(backwards).toEqual(tree.sorted.filter(({ key }) => key >= '000050' && key < '000100').reverse())
  for (const key of ['v1/k/000000', 'v1/k/000042', 'v1/k/000299', 'v1/k/none']) {
    expect(await read.get(key, z.number())).toBe(tree.records.get(key) ?? null)
  }
}

async function expectDifferences(
  read: Bee,
  before: { version: number; records: ReadonlyMap<string, number> },
  now: ReadonlyMap<string, number>,
): Promise<void> {
  const { differences, version } = await read.differences(before.version, 'v1/')
  expect(version).toBe(read.version)
  const told = new Map(differences.map((one) => [one.key, one]))
  for (const key of new Set([...before.records.keys(), ...now.keys()])) {
    const [old, next] = [before.records.get(key) ?? null, now.get(key) ?? null]
    const one = told.get(key)
    if (old !== next) expect(one).toMatchObject({ before: old, after: next })
    told.delete(key)
  }
  // Other keys are told of only where they were written anew with what they held.
  for (const { before: old, after } of told.values()) expect(old).toEqual(after)
}
