import { join } from 'node:path'
import { deviceKeyPair, localCoreKeyPair, localStoreKey } from '../accounts/identity.ts'
import { deviceIdOf } from '../accounts/ids.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { tagOf } from '../contract/ids.ts'
import type { Result } from '../contract/result.ts'
import { openLocalStore, type LocalStore, type LocalStoreKeys } from '../state/local-store.ts'

/** Opens what this device keeps for itself, with what it kept before it was copied. */
export function openSessionLocal(vault: Vault): Promise<Result<LocalStore>> {
  return openLocalStore(localKeysOf(vault, vault.identity.deviceSeed), previousLocalKeys(vault))
}

/** The store of the device this install was before its profile was copied. */
function previousLocalKeys(vault: Vault): LocalStoreKeys | null {
  const previous = vault.contents.previousDevices.at(-1)
  return previous ? localKeysOf(vault, previous.deviceSeed) : null
}

function localKeysOf(vault: Vault, deviceSeed: Uint8Array): LocalStoreKeys {
  const deviceTag = tagOf(deviceIdOf(deviceKeyPair(deviceSeed).publicKey))
  return {
    directory: join(vault.directory, 'local', deviceTag),
    keyPair: localCoreKeyPair(deviceSeed, 'local'),
    // Each device its own key: two copies of a profile must not encrypt different records alike.
    encryptionKey: localStoreKey(vault.contents.localKey, `local/${deviceTag}`),
  }
}
