import { unpackProof } from '../accounts/records/acceptance.ts'
import { verifyInvite } from '../accounts/records/invite.ts'
import { createLeave } from '../accounts/records/leave.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { withDeadline } from '../base/deadline.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { ConnectionSession } from './connections/connection-session.ts'
import type { Pool } from './pool/pool.ts'

/** How long a leave waits for the connected devices to acknowledge it. */
const leaveDeadlineMs = 3_000

/**
 * Tells every connected device of a pool that the account leaves it; they pass it on to the manager.
 *
 * The stores stay on disk: if the account is invited again, a core that starts over would conflict with the
 * copies that others hold.
 */
export async function leavePool(
  pool: Pool,
  vault: Vault,
  sessions: Iterable<ConnectionSession>,
  nowMs: number,
): Promise<Result<void>> {
  const { identity, accountId } = vault
  const { kind, poolSecretKey, inviteProof } = pool.membership
  if (kind === 'devices') return fail('pool_devices_stays')
  // Nobody is left to be told, and nothing to leave but the entry in the list.
  if (pool.ending) return ok()
  if (poolSecretKey || pool.standing(accountId)?.role === 'owner') return fail('pool_owner_stays')
  const proof = inviteProof ? unpackProof(inviteProof) : null
  const named = pool.directory?.members.get(accountId)?.inviteId
  // A former owner came by no invite: what stands for one is the key that was given the pool.
  const former = pool.authority.succession?.formerOwner === accountId ? pool.authority.succession.authority : undefined
  const inviteId = named ?? former ?? (proof ? verifyInvite(proof.certificate)?.inviteId : undefined)
  if (!inviteId) return ok()
  const fields = { pool: pool.poolId, account: accountId, device: identity.deviceId, inviteId, atMs: nowMs }
  const leave = createLeave(identity.device, fields)
  const told = [...sessions].map((session) => session.sendLeave(pool, leave))
  await withDeadline(Promise.all(told), leaveDeadlineMs)
  return ok()
}
