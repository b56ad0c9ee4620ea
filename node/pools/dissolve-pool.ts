import { createPoolEnding } from '../accounts/records/pool-ending.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { keepPoolKey } from './pool-key.ts'
import type { Pool } from './pool/pool.ts'

/**
 * Ends a pool for good: every install that hears of it closes the pool, and tells whoever comes later.
 *
 * The key that speaks for the pool is destroyed, so that nothing can be signed with it any more.
 */
export async function dissolvePool(pool: Pool, vault: Vault, nowMs: number): Promise<Result<null>> {
  const { kind, poolSecretKey } = pool.membership
  if (kind === 'devices') return fail('pool_devices_stays')
  if (!poolSecretKey) return fail('pool_owner_only', { pool: pool.name })
  const { generation, records } = pool.authority
  const ownerName = pool.directory?.members.get(vault.accountId)?.username ?? vault.username
  const ending = createPoolEnding(poolSecretKey, {
    pool: pool.poolId,
    generation,
    poolName: pool.name,
    ownerName,
    atMs: nowMs,
  })
  await pool.takeAuthority({ ...records, ending })
  const kept = await keepPoolKey(pool, vault, null)
  return kept.ok ? ok(null) : kept
}
