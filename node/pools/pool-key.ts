import type { Vault } from '../accounts/vault/vault.ts'
import type { PoolId } from '../contract/ids.ts'
import { ok, type Result } from '../contract/result.ts'
import { toHex } from '../crypto/encoding.ts'
import { keyPairFromSecretKey, keyPairFromSeed, randomBytes, seedBytes, type KeyPair } from '../crypto/keys.ts'
import type { Pool } from './pool/pool.ts'

/** Keeps the key that speaks for a pool in the vault, or takes it from there. One that was only prepared is settled. */
export async function keepPoolKey(pool: Pool, vault: Vault, poolSecretKey: Uint8Array | null): Promise<Result<void>> {
  const { poolId } = pool
  const saved = await vault.update((contents) => ({
    ...contents,
    memberships: contents.memberships.map((kept) => (kept.poolId === poolId ? { ...kept, poolSecretKey } : kept)),
    successors: contents.successors?.filter((prepared) => prepared.poolId !== poolId),
  }))
  if (saved.ok) pool.entrust(poolSecretKey)
  return saved
}

/** The key this device has made to take a pool over; made now where there is none. The vault keeps it first. */
export async function successorKey(poolId: PoolId, vault: Vault): Promise<Result<KeyPair>> {
  const known = vault.contents.successors?.find((prepared) => prepared.poolId === poolId)
  if (known) return ok(keyPairFromSecretKey(known.secretKey))
  const key = keyPairFromSeed(randomBytes(seedBytes))
  const saved = await vault.update((contents) => {
    const isMember = (of: PoolId): boolean => contents.memberships.some((membership) => membership.poolId === of)
    const others = (contents.successors ?? []).filter((prepared) => isMember(prepared.poolId))
    return { ...contents, successors: [...others, { poolId, secretKey: key.secretKey }] }
  })
  return saved.ok ? ok(key) : saved
}

/** The key this install holds for a pool and that has this public part, prepared or in use; null where it has none. */
export function heldKey(poolId: PoolId, vault: Vault, authority: string): KeyPair | null {
  const { successors = [], memberships } = vault.contents
  const prepared = successors.find((one) => one.poolId === poolId)?.secretKey
  const used = memberships.find((one) => one.poolId === poolId)?.poolSecretKey
  const pairs = [prepared, used].flatMap((secretKey) => (secretKey ? [keyPairFromSecretKey(secretKey)] : []))
  return pairs.find(({ publicKey }) => toHex(publicKey) === authority) ?? null
}
