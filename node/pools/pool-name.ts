import type { Vault } from '../accounts/vault/vault.ts'
import type { Log } from '../base/log.ts'
import type { Pool } from './pool/pool.ts'

/** Saves a pool's name from the directory in the vault, so that the next start shows it before any connection. */
export function keepName(vault: Vault, pool: Pool, log: Log): void {
  const kept = vault.contents.memberships.find(({ poolId }) => poolId === pool.poolId)
  if (!kept || kept.poolName === pool.name) return
  const renamed = { ...kept, poolName: pool.name }
  const unsaved = (cause: unknown): void =>
    log.warn({ cause, pool: pool.poolId }, 'the new name of a pool was not kept')
  vault
    .update((contents) => ({
      ...contents,
      memberships: contents.memberships.map((one) => (one.poolId === pool.poolId ? renamed : one)),
    }))
    .then((saved) => {
      if (!saved.ok && saved.error.code !== 'not_signed_in') unsaved(saved.error.code)
    }, unsaved)
}
