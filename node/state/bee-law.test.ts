import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Hypercore } from 'hypercore'
import { z } from 'zod'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { Bee } from './bee.ts'
import { attackBee, beeAttacks, noBlocks } from './testing/evil-blocks.ts'
import { giveSignedLength } from './testing/signed-length.ts'
import { replicate } from './testing/replicate.ts'
import { TestStores } from './testing/test-stores.ts'

/** Blocks that any one read of an attack's core may ask for; the cores have up to 500. */
const maxReads = 2_000
const encryptionKey = new Uint8Array(32).fill(7)
let stores: TestStores
let evil: Bee
const partings: (() => void)[] = []

beforeEach(async () => {
  stores = await TestStores.create()
  evil = await Bee.open(
    await stores.open('evil'),
    'member',
    { keyPair: keyPairFromSeed(randomBytes(32)) },
    encryptionKey,
  )
  for (let place = 0; place < 20; place += 1) await evil.put(`v1/honest/${place}`, place)
})
afterEach(async () => {
  for (const part of partings.splice(0)) part()
  await stores.close()
})

/** Another device's view of the evil core, with all that was appended so far. */
async function victim(): Promise<{ open: () => Promise<Bee>; sinceVersion: number }> {
  const store = await stores.open('victim')
  const open = (): Promise<Bee> => Bee.open(store, 'member', { key: evil.key }, encryptionKey)
  const first = await open()
  partings.push(replicate(evil, first))
  first.keepAll()
  await expect.poll(() => first.core.contiguousLength, { interval: 5 }).toBe(evil.core.length)
  return { open, sinceVersion: first.version }
}

/** Counts the blocks that a bee asks its core for. */
function countReads(bee: Bee): () => number {
  let count = 0
  const { core } = bee
  const get = core.get.bind(core)
  core.get = (...asked) => {
    count += 1
    return get(...asked)
  }
  return () => count
}

async function drain(records: AsyncIterable<unknown>): Promise<void> {
  const walk = records[Symbol.asyncIterator]()
  while ((await walk.next()).done !== true);
}

const everything = { gte: 'v1/', lt: 'v1/\uffff' }
const unknown = z.unknown()
const reads: readonly [string, (bee: Bee, sinceVersion: number) => Promise<unknown>][] = [
  ['list', (bee) => bee.list('v1/', unknown)],
  ['newest', (bee) => drain(bee.newest(everything, unknown))],
  ['get', (bee) => Promise.all(['v1/', 'v1/k/000003', 'v1/k/000500', 'v1/z'].map((key) => bee.get(key, unknown)))],
  ['differences from an honest version', (bee, since) => bee.differences(since, 'v1/')],
  ['differences from the start', (bee) => bee.differences(0, 'v1/')],
  ['differences of the last version', (bee) => bee.differences(bee.version - 1, 'v1/')],
  ['differences of an evil version', (bee, since) => bee.differences(Math.max(since, bee.version - 21), 'v1/')],
  ['changes', (bee, since) => bee.changes(since, 1_000)],
]

describe.each(beeAttacks)('%s', (attack) => {
  it('ends every way of reading, and is told with its code', async () => {
    const { open, sinceVersion } = await victim()
    await attackBee(evil, attack)
    const first = await open()
    await expect.poll(() => first.core.contiguousLength, { interval: 5 }).toBe(evil.core.length)
    const codes = new Map<string, string | undefined>()
    for (const [name, read] of reads) {
      const bee = await open()
      const told: string[] = []
      bee.onUnlawful(({ code }) => told.push(code))
      const count = countReads(bee)
      await read(bee, sinceVersion)
      expect(count(), name).toBeLessThan(maxReads)
      codes.set(name, bee.unlawful?.code)
      expect(told).toEqual(bee.unlawful ? ['records_malformed'] : [])
      // Once found, it is as if nothing had been written, and nothing is read again.
      if (bee.unlawful) expect([bee.isKnown, bee.version, await bee.list('v1/', unknown)]).toEqual([false, 1, []])
      await bee.close()
    }
    expect(codes.get('list')).toBe('records_malformed')
  })
})

describe('bytes that are no block', () => {
  it.each(noBlocks.map((bytes, place) => ({ bytes, place })))('end every way of reading: $place', async ({ bytes }) => {
    const { open, sinceVersion } = await victim()
    await evil.core.append(bytes)
    const first = await open()
    await expect.poll(() => first.core.contiguousLength, { interval: 5 }).toBe(evil.core.length)
    for (const [name, read] of reads) {
      const bee = await open()
      await read(bee, sinceVersion)
      expect(bee.unlawful?.code, name).toBe('records_malformed')
      await bee.close()
    }
  })
})

describe('a block that is shorter than what encryption puts before it', () => {
  it.each([0, 1, 7, 8, 9])('ends every way of reading: %i bytes', async (size) => {
    const { open, sinceVersion } = await victim()
    // Written past the encryption, as a changed program may.
    const session = (evil.core as unknown as { session(): Hypercore & { encryption: unknown } }).session()
    await session.ready()
    session.encryption = null
    await session.append(new Uint8Array(size))
    const first = await open()
    await expect.poll(() => first.core.contiguousLength, { interval: 5 }).toBe(evil.core.length)
    for (const [name, read] of reads) {
      const bee = await open()
      await read(bee, sinceVersion)
      expect(bee.unlawful?.code, name).toBe('records_malformed')
      await bee.close()
    }
  })
})

describe('a core that is longer than its kind may be', () => {
  it.each([
    { kind: 'member', length: 2 ** 21, size: 1 },
    { kind: 'member', length: 2 ** 50, size: 1 },
    { kind: 'usage', length: 2 ** 25, size: 1 },
    { kind: 'usage', length: 2 ** 50, size: 1 },
    { kind: 'directory', length: 2 ** 50, size: 1 },
    { kind: 'envelopes', length: 2 ** 50, size: 1 },
    { kind: 'member', length: 1, size: 2 ** 40 },
  ] as const)('is refused at once: $kind of $length blocks and $size bytes', async ({ kind, length, size }) => {
    const keyPair = keyPairFromSeed(randomBytes(32))
    const writer = await Bee.open(await stores.open('signer'), kind, { keyPair }, null)
    const store = await stores.open('reader')
    const bee = await Bee.open(store, kind, { key: writer.key }, null)
    bee.keepAll()
    const codes: string[] = []
    bee.onUnlawful(({ code }) => codes.push(code))
    await giveSignedLength(bee.core, { core: writer.core, keyPair }, length, size)
    // Found when it grew, before anything was read.
    expect([codes, bee.unlawful?.code, bee.version]).toEqual([['records_too_long'], 'records_too_long', 1])
    for (const [, read] of reads) await read(bee, 1)
    await bee.close()
    // And when it is opened, as after a restart.
    const again = await Bee.open(store, kind, { key: writer.key }, null)
    again.keepAll()
    expect(again.unlawful?.code).toBe('records_too_long')
    for (const [, read] of reads) await read(again, 1)
    await again.close()
  })

  it('may have exactly as many blocks as its kind may', async () => {
    const keyPair = keyPairFromSeed(randomBytes(32))
    const writer = await Bee.open(await stores.open('signer'), 'member', { keyPair }, null)
    const bee = await Bee.open(await stores.open('reader'), 'member', { key: writer.key }, null)
    await giveSignedLength(bee.core, { core: writer.core, keyPair }, 2 ** 20)
    expect([bee.unlawful, bee.version]).toEqual([null, 2 ** 20])
  })
})

describe('a core of ours that is full', () => {
  it('takes no more records and keeps what it has', async () => {
    const { length } = evil.core
    Object.defineProperty(evil.core, 'length', { configurable: true, get: () => 2 ** 20 - 2 })
    await expect(evil.put('v1/one-more', 1)).rejects.toMatchObject({ error: { code: 'records_full' } })
    Object.defineProperty(evil.core, 'length', { configurable: true, get: () => length })
    expect(await evil.get('v1/honest/3', z.number())).toBe(3)
    await expect(evil.list('v1/honest/', z.number())).resolves.toHaveLength(20)
  })
})
