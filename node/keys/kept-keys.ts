import { keyIdSchema, type KeyId, type PoolId } from '../contract/ids.ts'
import type { Bee } from '../state/bee.ts'
import { heldKeySchema, mergeKeys, type HeldKey } from './key-record.ts'

const keysOf = (poolId: PoolId): string => `v1/own-key/${poolId}/`

/**
 * Copies of the account's own key records in the local store.
 *
 * A profile that was copied or restored gets a new device key and new stores; only the local store is
 * carried over. Without these copies the install would lose its keys.
 */
export class KeptKeys {
  constructor(private readonly local: Bee) {}

  async list(poolId: PoolId): Promise<Map<KeyId, HeldKey>> {
    const kept = new Map<KeyId, HeldKey>()
    for (const { key, value } of await this.local.list(keysOf(poolId), heldKeySchema)) {
      const keyId = keyIdSchema.safeParse(key)
      if (keyId.success) kept.set(keyId.data, value)
    }
    return kept
  }

  async keep(poolId: PoolId, changed: ReadonlyMap<KeyId, HeldKey>): Promise<void> {
    await this.local.update(
      [...changed].map(([keyId, held]) => [keysOf(poolId) + keyId, (stored: unknown) => newer(stored, held)] as const),
    )
  }
}

/** The newer of the two; the same object where the stored one is. */
function newer(stored: unknown, held: HeldKey): unknown {
  const known = heldKeySchema.safeParse(stored)
  return known.success && mergeKeys(known.data, held) === known.data ? stored : held
}
