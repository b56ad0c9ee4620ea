import { createSuccession, maxSuccessions } from '../accounts/records/succession.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { withDeadline } from '../base/deadline.ts'
import type { AccountId, DeviceId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { ConnectionSession } from './connections/connection-session.ts'
import { keepPoolKey } from './pool-key.ts'
import type { Pool } from './pool/pool.ts'

/** How long one device of the next owner may take to read the directory and to make its key. */
const readinessDeadlineMs = 8_000

/**
 * Hands a pool over to a member, as its manager. Runs in the pool's queue, so that the directory stays as it is.
 *
 * A device of the member makes a key of its own; the key that has spoken for the pool so far signs that the new one
 * speaks from now on, and is destroyed. That signature, once kept, is the whole change: before it this account is the
 * owner, after it the other one, and whoever of the two is stopped in the middle goes on from there.
 */
export async function handOver(
  pool: Pool,
  accountId: AccountId,
  sessions: readonly ConnectionSession[],
  { vault, nowMs }: { readonly vault: Vault; readonly nowMs: () => number },
): Promise<Result<null>> {
  const { kind, poolSecretKey } = pool.membership
  if (kind === 'devices') return fail('pool_devices_stays')
  if (!poolSecretKey) return fail('pool_owner_only', { pool: pool.name })
  const member = pool.directory?.members.get(accountId)
  if (!member || accountId === vault.accountId) return fail('member_unknown')
  const named = { member: member.username, pool: pool.name }
  const { generation, records } = pool.authority
  const isFit = pool.standing(accountId)?.state === 'active' && (member.role === 'member' || member.role === 'admin')
  if (!isFit || generation >= maxSuccessions) return fail('successor_unfit', named)
  const own = sessions.filter(({ applicant }) => applicant?.accountId === accountId)
  const next = await findSuccessor(pool, own)
  if (!next) return fail('successor_away', named)
  const succession = createSuccession(poolSecretKey, {
    pool: pool.poolId,
    generation: generation + 1,
    authority: next.authority,
    owner: accountId,
    manager: next.deviceId,
    formerOwner: vault.accountId,
    atMs: nowMs(),
  })
  await pool.takeAuthority({ successions: [...records.successions, succession], ending: null })
  const kept = await keepPoolKey(pool, vault, null)
  return kept.ok ? ok(null) : kept
}

/** The first device of the member that has read the directory and made a key; null where none has. */
async function findSuccessor(
  pool: Pool,
  sessions: readonly ConnectionSession[],
): Promise<{ deviceId: DeviceId; authority: string } | null> {
  const snapshot = await pool.snapshot()
  if (!snapshot) return null
  const { headerEpoch, epoch, version } = snapshot
  for (const session of sessions) {
    const asked = session.ask(pool, { do: 'takeOver', headerEpoch, epoch, version })
    const answer = await withDeadline(asked, readinessDeadlineMs)
    const value = answer.inTime && answer.value.ok ? answer.value.value : null
    if (value && 'authority' in value) return { deviceId: session.deviceId, authority: value.authority }
  }
  return null
}
