import { access } from 'node:fs/promises'
import Corestore from 'corestore'
import { z } from 'zod'
import type { KeyPair } from '../crypto/keys.ts'
import { ok, type Result } from '../contract/result.ts'
import { Bee } from './bee.ts'
import { migrate } from './migrations/migrate.ts'
import { openStore } from './open-store.ts'
import { storageFailure } from './storage-error.ts'

/** A device's private records, in a Corestore that is never replicated. */
export interface LocalStore {
  readonly bee: Bee
  close(): Promise<void>
}

export interface LocalStoreKeys {
  readonly directory: string
  readonly keyPair: KeyPair
  readonly encryptionKey: Uint8Array
}

/**
 * Opens the local store of this device.
 *
 * `previous` is the store under the former device key of a copied profile. Its records are copied once into a
 * new core, because two copies of a profile must never append to the same core.
 */
export async function openLocalStore(
  keys: LocalStoreKeys,
  previous: LocalStoreKeys | null,
): Promise<Result<LocalStore>> {
  const store = await openStore(keys.directory)
  if (!store.ok) return store
  try {
    const bee = await Bee.open(store.value, 'local', { keyPair: keys.keyPair }, keys.encryptionKey)
    if (bee.isFresh && previous) await carryOver(previous, bee)
    const migrated = await migrate(bee)
    if (!migrated.ok) {
      await bee.close()
      await store.value.close()
      return migrated
    }
    return ok({
      bee,
      async close() {
        await bee.close()
        await store.value.close()
      },
    })
  } catch (cause) {
    await store.value.close()
    return storageFailure(cause)
  }
}

async function carryOver(previous: LocalStoreKeys, into: Bee): Promise<void> {
  const exists = await access(previous.directory).then(
    () => true,
    () => false,
  )
  if (!exists) return
  // Corestore refuses a copied folder unless it is opened as a backup; it is only read here.
  const store = new Corestore(previous.directory, { allowBackup: true, wait: false })
  await store.ready()
  try {
    const bee = await Bee.open(store, 'local', { keyPair: previous.keyPair }, previous.encryptionKey)
    const records = await bee.list('v1/', z.unknown())
    // The header is copied too, because the records are in its format.
    await into.update(records.map(({ key, value }) => [`v1/${key}`, () => value] as const))
    await bee.close()
  } finally {
    await store.close()
  }
}
