import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { keyPairFromSeed } from '../crypto/keys.ts'
import { deriveSeed } from '../crypto/hash.ts'
import { bytesOfText } from '../crypto/encoding.ts'
import { openIndexStore, type IndexStore } from './index-store.ts'
import { TestStores } from './testing/test-stores.ts'

let stores: TestStores
let directory = ''
let open: IndexStore | null = null
const secret = new Uint8Array(32).fill(3)

beforeEach(async () => {
  stores = await TestStores.create()
  directory = join(stores.directory, 'index')
})
afterEach(async () => {
  await open?.close()
  open = null
  await stores.close()
})

async function reopen(): Promise<IndexStore> {
  await open?.close()
  const opened = await openIndexStore({
    directory,
    keysFor: (generation) => ({
      keyPair: keyPairFromSeed(deriveSeed(secret, 'test/pair', bytesOfText(generation))),
      encryptionKey: deriveSeed(secret, 'test/key', bytesOfText(generation)),
    }),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  open = opened.value
  return open
}

describe('an index store', () => {
  it('keeps what was written, in one generation', async () => {
    const first = await reopen()
    expect(first.isNew).toBe(true)
    await first.bee.put('v1/a', 1)
    const again = await reopen()
    expect(again.isNew).toBe(false)
    expect(await again.bee.get('v1/a', z.number())).toBe(1)
    expect(await readdir(directory)).toHaveLength(1)
  })

  it('starts empty, with other keys, when its folder was deleted', async () => {
    const first = await reopen()
    const before = first.bee.key
    await first.close()
    open = null
    await rm(directory, { recursive: true })
    const again = await reopen()
    expect(again.isNew).toBe(true)
    expect(again.bee.key).not.toEqual(before)
  })

  it('starts empty when its files are damaged', async () => {
    const first = await reopen()
    await first.bee.put('v1/a', 1)
    await first.close()
    open = null
    const [generation = ''] = await readdir(directory)
    const database = join(directory, generation, 'db')
    for (const file of await readdir(database)) await writeFile(join(database, file), 'rubbish')
    const again = await reopen()
    expect(again.isNew).toBe(true)
    expect(await readdir(directory)).toHaveLength(1)
  })

  it('starts empty when an earlier rebuild was cut short', async () => {
    const first = await reopen()
    await first.bee.put('v1/a', 1)
    await first.close()
    open = null
    await rm(join(directory, (await readdir(directory))[0] ?? '', 'db'), { recursive: true })
    expect((await reopen()).isNew).toBe(true)
  })
})
