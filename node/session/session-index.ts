import { join } from 'node:path'
import { localCoreKeyPair, localStoreKey } from '../accounts/identity.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { tagOf } from '../contract/ids.ts'
import { ok, type Result } from '../contract/result.ts'
import { openIndexStore, type IndexStore } from '../state/index-store.ts'

/** Opens one of the rebuildable indexes of this device, each in a folder of its own. */
function openSessionIndex(vault: Vault, name: string): Promise<Result<IndexStore>> {
  const { deviceId, deviceSeed } = vault.identity
  return openIndexStore({
    directory: join(vault.directory, 'index', tagOf(deviceId), name),
    keysFor: (generation) => ({
      keyPair: localCoreKeyPair(deviceSeed, `index/${name}/${generation}`),
      encryptionKey: localStoreKey(vault.contents.localKey, `index/${name}/${generation}`),
    }),
  })
}

/** The rebuildable indexes of a session. Whoever uses one closes it. */
export interface SessionIndexes {
  readonly keys: IndexStore
  readonly usage: IndexStore
}

export async function openSessionIndexes(vault: Vault): Promise<Result<SessionIndexes>> {
  const keys = await openSessionIndex(vault, 'keys')
  if (!keys.ok) return keys
  const usage = await openSessionIndex(vault, 'usage')
  if (usage.ok) return ok({ keys: keys.value, usage: usage.value })
  await keys.value.close()
  return usage
}
