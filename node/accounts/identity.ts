import type { AccountId, DeviceId, PoolId } from '../contract/ids.ts'
import { bytesOfText } from '../crypto/encoding.ts'
import { deriveSeed } from '../crypto/hash.ts'
import { keyPairFromSeed, type KeyPair } from '../crypto/keys.ts'
import { accountIdOf, deviceIdOf, keyOf } from './ids.ts'
import { rootKeyPair } from './vault/recovery-phrase.ts'

/** Who this install is while an account is unlocked. */
export interface Identity {
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  /** Null where this install does not hold the root key, for example on a linked device. */
  readonly root: KeyPair | null
  /** Authenticates this device in every handshake. */
  readonly device: KeyPair
  /** The RPC server's key: two servers on one DHT may not share a key pair. */
  readonly service: KeyPair
  /** Source of the key pairs of all cores this device writes. */
  readonly deviceSeed: Uint8Array
}

/** Derives all keys of a device. `entropy` is null where this install does not hold the root key. */
export function identityOf(source: {
  readonly accountId: AccountId
  readonly entropy: Uint8Array | null
  readonly deviceSeed: Uint8Array
}): Identity {
  const root = source.entropy ? rootKeyPair(source.entropy) : null
  const device = deviceKeyPair(source.deviceSeed)
  return {
    accountId: root ? accountIdOf(root.publicKey) : source.accountId,
    deviceId: deviceIdOf(device.publicKey),
    root,
    device,
    service: serviceKeyPair(source.deviceSeed),
    deviceSeed: source.deviceSeed,
  }
}

export function deviceKeyPair(deviceSeed: Uint8Array): KeyPair {
  return keyPairFromSeed(deriveSeed(deviceSeed, 'kith/device-key/1'))
}

export function serviceKeyPair(deviceSeed: Uint8Array): KeyPair {
  return keyPairFromSeed(deriveSeed(deviceSeed, 'kith/service-key/1'))
}

/**
 * The key pair of one core this device writes.
 *
 * Derived from pool, store and read epoch: a new epoch is a new core, and no core is in two pools.
 */
export function coreKeyPair(deviceSeed: Uint8Array, poolId: PoolId, storeName: string, epoch: number): KeyPair {
  const context = [keyOf(poolId), bytesOfText(storeName), bytesOfText(String(epoch))]
  return keyPairFromSeed(deriveSeed(deviceSeed, 'kith/core-key/1', ...context))
}

/** The key pair of a core that is never replicated: chats, settings, the index. */
export function localCoreKeyPair(deviceSeed: Uint8Array, storeName: string): KeyPair {
  return keyPairFromSeed(deriveSeed(deviceSeed, 'kith/local-core-key/1', bytesOfText(storeName)))
}

/** The key that encrypts a local store on disk. It outlives the device key, so that old stores stay readable. */
export function localStoreKey(localKey: Uint8Array, storeName: string): Uint8Array {
  return deriveSeed(localKey, 'kith/local-store-key/1', bytesOfText(storeName))
}
