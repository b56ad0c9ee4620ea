import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { Bee } from './bee.ts'
import { replicate } from './testing/replicate.ts'
import { TestStores } from './testing/test-stores.ts'

const encryptionKey = new Uint8Array(32).fill(9)
let stores: TestStores
let bee: Bee
const partings: (() => void)[] = []

beforeEach(async () => {
  stores = await TestStores.create()
  const keyPair = keyPairFromSeed(randomBytes(32))
  bee = await Bee.open(await stores.open('writer'), 'member', { keyPair }, encryptionKey)
})
afterEach(async () => {
  for (const part of partings.splice(0)) part()
  await stores.close()
})

/** The same bee as another device has it. */
async function reader(): Promise<Bee> {
  return Bee.open(await stores.open('reader'), 'member', { key: bee.key }, encryptionKey)
}

async function progressOf(read: Bee, isSo: () => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const check = (): void => {
      if (!isSo()) return
      end()
      resolve()
    }
    const end = read.onProgress(check)
    check()
  })
}

const values = (changes: readonly { key: string; value: unknown }[]): [string, unknown][] =>
  changes.map(({ key, value }) => [key, value])

describe('the changes of a bee since a version', () => {
  it('are every write in order, removals among them, in parts of the asked size', async () => {
    const { version } = bee
    await bee.put('v1/a', 1)
    await bee.update([
      ['v1/b', () => 2],
      ['v1/a', () => 3],
    ])
    await bee.remove('v1/b')
    const first = await bee.changes(version, 3)
    expect(values(first.changes)).toEqual([
      ['v1/a', 1],
      ['v1/b', 2],
      ['v1/a', 3],
    ])
    const rest = await bee.changes(first.version, 100)
    expect(values(rest.changes)).toEqual([['v1/b', undefined]])
    expect(rest.version).toBe(bee.version)
    expect(await bee.changes(bee.version, 100)).toEqual({ changes: [], version: bee.version })
  })

  it('begin anew where the version asked for is not there', async () => {
    await bee.put('v1/a', 1)
    expect(await bee.changes(1_000_000, 100)).toEqual(await bee.changes(0, 100))
  })

  it('stop at a block that has not arrived, and go on when it has', async () => {
    for (let place = 0; place < 40; place += 1) await bee.put(`v1/${place}`, place)
    const read = await reader()
    partings.push(replicate(bee, read))
    await read.refresh()
    expect(read.version).toBe(bee.version)
    expect(await read.changes(0, 100)).toMatchObject({ changes: [], version: 1 })
    const arrived = progressOf(read, () => read.core.contiguousLength === bee.version)
    read.keepAll()
    await arrived
    expect(await read.changes(0, 100)).toEqual(await bee.changes(0, 100))
  })

  it('tell of growth on a connected device', async () => {
    const read = await reader()
    read.keepAll()
    partings.push(replicate(bee, read))
    await bee.put('v1/a', 1)
    await progressOf(read, () => read.core.contiguousLength === bee.version)
    expect(values((await read.changes(0, 100)).changes)).toContainEqual(['v1/a', 1])
  })

  it('pass over blocks that are no records, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), async (blocks) => {
        const keyPair = keyPairFromSeed(randomBytes(32))
        const store = await stores.open(randomBytes(4).join('-'))
        const broken = await Bee.open(store, 'member', { keyPair }, encryptionKey)
        await broken.put('v1/before', 1)
        for (const block of blocks) await broken.core.append(block)
        const { changes, version } = await broken.changes(2, 100)
        expect(version).toBe(broken.version)
        expect(values(changes)[0]).toEqual(['v1/before', 1])
        // What happens to decode is something that no schema takes; it never throws.
        expect(changes.length).toBeLessThanOrEqual(blocks.length + 1)
      }),
      { numRuns: 40 },
    )
  })

  it('are read again from the start when the writer took something back', async () => {
    await bee.put('v1/a', 1)
    const { fork } = bee
    await bee.put('v1/b', 2)
    const core = bee.core as unknown as { truncate(length: number): Promise<void> }
    await core.truncate(3)
    expect(bee.fork).toBeGreaterThan(fork)
    await bee.put('v1/c', 3)
    expect(values((await bee.changes(0, 100)).changes).slice(1)).toEqual([
      ['v1/a', 1],
      ['v1/c', 3],
    ])
  })

  it('are none once the bee is closed', async () => {
    await bee.put('v1/a', 1)
    await bee.close()
    expect((await bee.changes(0, 100)).changes).toEqual([])
  })
})

describe('asking for news', () => {
  it('ends at once where nobody is connected', async () => {
    const read = await reader()
    await read.refresh()
    expect(read.isKnown).toBe(false)
  })
})
