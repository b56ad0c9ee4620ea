import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type Corestore from 'corestore'
import { ok, type Result } from '../contract/result.ts'
import type { KeyPair } from '../crypto/keys.ts'
import { Bee } from './bee.ts'
import { openStore } from './open-store.ts'
import { storageFailure } from './storage-error.ts'

/** A store derived from other stores, which can be rebuilt from them. */
export interface IndexStore {
  readonly bee: Bee
  /** True if it is empty, so that everything has to be read again. */
  readonly isNew: boolean
  close(): Promise<void>
}

export interface IndexStoreOptions {
  /** Used for this index only; may be deleted while it is not open. */
  readonly directory: string
  /** Keys for one generation of the index; each generation must get different ones. */
  readonly keysFor: (generation: string) => { readonly keyPair: KeyPair; readonly encryptionKey: Uint8Array }
}

/**
 * Opens an index, encrypted and never replicated. One that is damaged or of another format is dropped.
 *
 * Each rebuilt index is a new generation with its own folder and keys: a core that is written twice from its
 * start would encrypt different records with the same key stream.
 */
export async function openIndexStore(options: IndexStoreOptions): Promise<Result<IndexStore>> {
  try {
    await mkdir(options.directory, { recursive: true, mode: 0o700 })
    const generations = (await readdir(options.directory)).filter((name) => /^[0-9a-f]{16}$/.test(name))
    const [latest] = generations
    if (latest !== undefined && generations.length === 1) {
      const opened = await openGeneration(options, latest)
      if (opened.ok) return opened
      // Another process holds it, or the disk is full: a new one would not help.
      if (opened.error.code === 'profile_in_use' || opened.error.code === 'disk_full') return opened
    }
    for (const name of generations) await rm(join(options.directory, name), { recursive: true, force: true })
    return await openGeneration(options, randomBytes(8).toString('hex'))
  } catch (cause) {
    return storageFailure(cause)
  }
}

async function openGeneration(options: IndexStoreOptions, generation: string): Promise<Result<IndexStore>> {
  const store = await openStore(join(options.directory, generation))
  if (!store.ok) return store
  try {
    return await openBee(options, generation, store.value)
  } catch (cause) {
    await store.value.close()
    return storageFailure(cause)
  }
}

async function openBee(options: IndexStoreOptions, generation: string, store: Corestore): Promise<Result<IndexStore>> {
  const { keyPair, encryptionKey } = options.keysFor(generation)
  const bee = await Bee.open(store, 'index', { keyPair }, encryptionKey)
  // A new bee holds its header and nothing else.
  const isNew = bee.version <= 2
  if (!(await bee.hasHeader())) throw new Error('The index has another format')
  return ok({
    bee,
    isNew,
    async close() {
      await bee.close()
      await store.close()
    },
  })
}
