import { join } from 'node:path'
import { deviceKeyPair, localCoreKeyPair, localStoreKey } from '../accounts/identity.ts'
import { deviceIdOf } from '../accounts/ids.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { tagOf } from '../contract/ids.ts'
import { ok, type Result } from '../contract/result.ts'
import type { Bee } from '../state/bee.ts'
import { openIndexStore, type IndexStore } from '../state/index-store.ts'
import { openLocalStore, type LocalStore, type LocalStoreKeys } from '../state/local-store.ts'
import { ServerKeys } from './server-keys.ts'
import { SettingsStore } from './settings-store.ts'

type Store = LocalStore | IndexStore

/** The stores of a session that are nobody else's: those of its pools are opened by the pools. */
export interface SessionStores {
  /** What this device keeps for itself. */
  readonly local: Bee
  /** Rebuildable indexes over the bees of all devices. */
  readonly keyIndex: Bee
  readonly usageIndex: Bee
  readonly settings: SettingsStore
  /** Keys of the model servers that the settings name. */
  readonly serverKeys: ServerKeys
  /** Call when nothing runs on them any more. */
  close(): Promise<void>
}

/** Opens all stores of an unlocked account on this device, or none. */
export async function openStores(vault: Vault): Promise<Result<SessionStores>> {
  const stores: Store[] = []
  async function close(): Promise<void> {
    for (const store of stores.splice(0).reverse()) await store.close()
  }
  async function keep<S extends Store>(opening: Promise<Result<S>>): Promise<Result<S>> {
    const opened = await opening
    if (opened.ok) stores.push(opened.value)
    else await close()
    return opened
  }
  const local = await keep(openLocal(vault))
  if (!local.ok) return local
  const keys = await keep(openIndex(vault, 'keys'))
  if (!keys.ok) return keys
  const usage = await keep(openIndex(vault, 'usage'))
  if (!usage.ok) return usage
  const settings = new SettingsStore(local.value.bee)
  await settings.open()
  return ok({
    local: local.value.bee,
    keyIndex: keys.value.bee,
    usageIndex: usage.value.bee,
    settings,
    serverKeys: new ServerKeys(local.value.bee, vault.contents.localKey),
    close,
  })
}

/** Opens what this device keeps for itself, with what it kept before it was copied. */
function openLocal(vault: Vault): Promise<Result<LocalStore>> {
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

/** Opens one of the rebuildable indexes of this device, each in a folder of its own. */
function openIndex(vault: Vault, name: string): Promise<Result<IndexStore>> {
  const { deviceId, deviceSeed } = vault.identity
  return openIndexStore({
    directory: join(vault.directory, 'index', tagOf(deviceId), name),
    keysFor: (generation) => ({
      keyPair: localCoreKeyPair(deviceSeed, `index/${name}/${generation}`),
      encryptionKey: localStoreKey(vault.contents.localKey, `index/${name}/${generation}`),
    }),
  })
}
