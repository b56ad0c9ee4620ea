import { unpackProof, verifyAcceptance, type AcceptedInvite } from '../../accounts/records/acceptance.ts'
import { verifyInvite, type InviteCertificate } from '../../accounts/records/invite.ts'
import type { AccountStanding } from '../../access/standing.ts'
import type { AccountId, DeviceId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { fromBase64Url, toHex } from '../../crypto/encoding.ts'
import { isWithdrawn } from '../pool/membership.ts'
import type { Pool } from '../pool/pool.ts'
import { planOfCertificate } from '../pool/pool-author.ts'

/** A device at the other end, with the account whose root-signed list names it. */
export interface Applicant {
  readonly deviceId: DeviceId
  readonly accountId: AccountId
  readonly username: string
  readonly serviceKey: string
}

/**
 * Decides whether a device may enter a pool, and records the result.
 *
 * The directory overrides every certificate. An account it does not name is admitted provisionally by the chain
 * of invite and acceptance, so that joining works while the manager is away.
 */
export async function judge(
  pool: Pool,
  applicant: Applicant,
  proofText: string | null,
  nowMs: number,
): Promise<Result<AccountStanding>> {
  return pool.exclusively(async () => {
    const entered = await enter(pool, applicant, proofText, nowMs)
    if (!entered.ok || !pool.author) return entered
    await pool.author.admitDevice({
      deviceId: applicant.deviceId,
      accountId: applicant.accountId,
      serviceKey: applicant.serviceKey,
      role: entered.value.role,
    })
    await pool.refresh()
    return entered
  })
}

async function enter(
  pool: Pool,
  applicant: Applicant,
  proofText: string | null,
  nowMs: number,
): Promise<Result<AccountStanding>> {
  if (pool.ending) return { ok: false, error: pool.ending }
  if (isOurOwnPool(pool, applicant) || isManager(pool, applicant)) return ok({ role: 'owner', state: 'active' })
  const standing = pool.standing(applicant.accountId)
  if (standing?.state === 'active') return ok(standing)
  if (standing?.state === 'suspended') return fail('member_suspended', { pool: pool.name })
  const refused = pool.directory?.refused.get(applicant.accountId)
  const packed = proofText === null ? null : fromBase64Url(proofText)
  const proof = packed ? unpackProof(packed) : null
  if (!proof) return refused ? fail(refused) : fail('not_admitted')
  // Without a directory we cannot know when others joined, so only the acceptance's own time is checked.
  const firstSeenMs = pool.seen(applicant.accountId)?.firstSeenMs ?? (pool.directory ? nowMs : 0)
  const chain = verifyAcceptance(proof, firstSeenMs)
  if (!chain.ok) return chain
  if (chain.value.account !== applicant.accountId || chain.value.certificate.pool !== pool.poolId)
    return fail('invite_forged')
  if (!isHonoured(pool, chain.value.certificate))
    return fail(pool.authority.keyOf(chain.value.certificate.generation) ? 'invite_forged' : 'not_admitted')
  const decision = pool.decisions.members.get(applicant.accountId)
  // Only an invite made after an admin suspended or removed the account lets it in again.
  if (decision && decision.kind !== 'resume' && chain.value.certificate.createdAtMs <= decision.atMs)
    return fail(decision.kind === 'remove' ? 'member_removed' : 'member_suspended', { pool: pool.name })
  if (pool.author) return confirm(pool, applicant, chain.value, nowMs)
  return provisional(pool, applicant, chain.value, nowMs)
}

/** Whether our account created the pool and still has it, and the device is one of its own. */
function isOurOwnPool(pool: Pool, applicant: Applicant): boolean {
  const { succession } = pool.authority
  const isOurs = succession ? succession.owner === pool.ownAccountId : pool.membership.inviteProof === null
  return isOurs && applicant.accountId === pool.ownAccountId
}

/**
 * Whether an invite is signed by who speaks for the pool now, or was until the pool was handed over: then the
 * directory has it, so that a former owner cannot make any more.
 */
function isHonoured(pool: Pool, { generation, authority, inviteId }: InviteCertificate): boolean {
  const key = pool.authority.keyOf(generation)
  if (!key || toHex(key) !== authority) return false
  return generation === pool.authority.generation || pool.directory?.invites.has(inviteId) === true
}

/**
 * Whether the device is the manager, before the directory is here: the pool-signed header or our invite names it.
 * The account is not checked, because any account can put that device in its own list.
 */
function isManager(pool: Pool, applicant: Applicant): boolean {
  if (pool.directory) return false
  const proof = pool.membership.inviteProof ? unpackProof(pool.membership.inviteProof) : null
  const certificate = proof ? verifyInvite(proof.certificate) : null
  if (pool.header) return applicant.deviceId === pool.header.directoryWriter
  return certificate?.writerDevice === applicant.deviceId
}

async function confirm(
  pool: Pool,
  applicant: Applicant,
  chain: AcceptedInvite,
  nowMs: number,
): Promise<Result<AccountStanding>> {
  const { accountId, username } = applicant
  const role = await pool.author?.confirm(chain.certificate, { accountId, username, nowMs })
  if (!role) return fail('not_admitted')
  return role.ok ? ok({ role: role.value, state: 'active' }) : role
}

async function provisional(
  pool: Pool,
  applicant: Applicant,
  chain: AcceptedInvite,
  nowMs: number,
): Promise<Result<AccountStanding>> {
  const refused = pool.directory?.refused.get(applicant.accountId)
  if (refused) return fail(refused)
  const { inviteId, role, usesAllowed } = chain.certificate
  if (isWithdrawn(pool, inviteId)) return fail('invite_revoked')
  if (!pool.seen(applicant.accountId)) {
    // Only the manager's count is final, but this device also admits no more accounts than the invite allows.
    if (pool.shownCount(inviteId) >= usesAllowed) return fail('invite_spent')
    await pool.remember({
      accountId: applicant.accountId,
      username: applicant.username,
      role,
      planId: planOfCertificate(chain.certificate),
      inviteId,
      firstSeenMs: nowMs,
    })
  }
  const standing = pool.standing(applicant.accountId)
  return standing?.state === 'provisional' ? ok(standing) : fail('provisional_lapsed')
}
