import type { Hypercore } from 'hypercore'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { Bee } from './bee.ts'
import { replicate } from './testing/replicate.ts'
import { TestStores } from './testing/test-stores.ts'

const encryptionKey = new Uint8Array(32).fill(7)
const unknown = z.unknown()
let stores: TestStores
const partings: (() => void)[] = []
beforeEach(async () => {
  stores = await TestStores.create()
})
afterEach(async () => {
  for (const part of partings.splice(0)) part()
  await stores.close()
})

/** Another device's view of a core, once it has all of it. */
async function readerOf(core: Hypercore, length: number): Promise<Bee> {
  const reader = await Bee.open(await stores.open('victim'), 'member', { key: core.key }, encryptionKey)
  partings.push(replicate({ core }, reader))
  reader.keepAll()
  await expect.poll(() => reader.core.length, { interval: 5 }).toBe(length)
  return reader
}

/** Every way of reading; each has to end, and none may throw. */
async function readAll(bee: Bee): Promise<void> {
  await bee.list('v1/', unknown)
  await bee.get('v1/a', unknown)
  await bee.changes(0, 100)
  await bee.differences(0, 'v1/')
  for await (const _record of bee.newest({ gte: 'v1/', lt: 'v1/\uffff' }, unknown)) continue
}

describe('a core that no Kith makes', () => {
  it('is set aside where its key is a public key and no hash of a manifest', async () => {
    const store = await stores.open('evil')
    const keyPair = keyPairFromSeed(randomBytes(32))
    const early = { key: keyPair.publicKey, keyPair, compat: true, encryption: { key: encryptionKey } }
    const core = store.get(early)
    await core.ready()
    await core.append(Buffer.from('whatever'))
    expect(core.core.compat).toBe(true)
    const reader = await readerOf(core, 1)
    await readAll(reader)
    expect(reader.unlawful).toMatchObject({ code: 'records_malformed', reason: expect.stringContaining('early') })
  })

  it('is set aside where its blocks are shorter than what encryption adds to them', async () => {
    const store = await stores.open('evil')
    const core = store.get({ keyPair: keyPairFromSeed(randomBytes(32)) })
    await core.ready()
    for (const block of ['', 'ab', '12345678']) await core.append(Buffer.from(block))
    const reader = await readerOf(core, 3)
    await readAll(reader)
    expect(reader.unlawful?.code).toBe('records_malformed')
  })
})

describe('a core of ours that is opened by its key', () => {
  it('is only read, as one of another device, and goes on as ours', async () => {
    const store = await stores.open('own')
    const own = await Bee.open(store, 'member', { keyPair: keyPairFromSeed(randomBytes(32)) }, encryptionKey)
    await own.put('v1/a', 1)
    const misread = await Bee.open(store, 'usage', { key: own.key }, new Uint8Array(32).fill(6))
    expect(misread.core.writable).toBe(false)
    await readAll(misread)
    expect(misread.unlawful?.code).toBe('records_malformed')
    await misread.abandon()
    await own.put('v1/a', 2)
    expect(await own.get('v1/a', z.number())).toBe(2)
    const read = await Bee.open(store, 'member', { key: own.key }, encryptionKey)
    expect(await read.get('v1/a', z.number())).toBe(2)
  })
})
