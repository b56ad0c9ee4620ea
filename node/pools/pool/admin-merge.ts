import type { AdminRecord } from '../../accounts/records/admin-record.ts'
import { holdsRole } from '../../access/pool-rights.ts'
import type { AccountId } from '../../contract/ids.ts'
import type { Directory } from './membership.ts'

/** A record from an admin's bee, with the account of its device according to the directory. */
export type AdminDecision = AdminRecord & { readonly accountId: AccountId }

/** Decisions of a pool's admins that its directory does not hold yet. */
export interface AdminDecisions {
  /** The last decision about each member. */
  readonly members: ReadonlyMap<AccountId, AdminDecision>
  readonly revokedInvites: ReadonlySet<string>
}

export const noDecisions: AdminDecisions = { members: new Map(), revokedInvites: new Set() }

type JudgedBy = Pick<Directory, 'members' | 'invites'>

/**
 * Merges the decisions of admins with the directory; the order of arrival makes no difference.
 *
 * A decision counts while the directory names its account an active admin or the owner, unless the
 * directory has decided about the same member at that time or later. Of several decisions about one
 * member the latest counts; at equal times the higher device id wins, then the harsher decision.
 * Nobody can decide about the owner, and only the owner about an admin.
 */
export function mergeAdminDecisions(decisions: readonly AdminDecision[], directory: JudgedBy): AdminDecisions {
  const members = new Map<AccountId, AdminDecision>()
  const revokedInvites = new Set<string>()
  for (const decision of decisions) {
    if (decision.kind === 'revokeInvite') {
      const invite = directory.invites.get(decision.target)
      if (isHeard(decision, directory) && !invite?.isRevoked) revokedInvites.add(decision.target)
      continue
    }
    const target = decision.target as AccountId
    if (!mayDecideAbout(decision, target, directory)) continue
    const known = members.get(target)
    if (!known || isLater(decision, known)) members.set(target, decision)
  }
  return { members, revokedInvites }
}

/** Whether the last decision of an admin suspends or removes this member. */
export function isShutOut(decisions: AdminDecisions, accountId: AccountId): boolean {
  const decision = decisions.members.get(accountId)
  return decision !== undefined && decision.kind !== 'resume'
}

function isHeard(decision: AdminDecision, directory: JudgedBy): boolean {
  return holdsRole(directory.members.get(decision.accountId) ?? null, 'admin')
}

function mayDecideAbout(decision: AdminDecision, target: AccountId, directory: JudgedBy): boolean {
  if (!isHeard(decision, directory)) return false
  const member = directory.members.get(target)
  if (!member) return true
  if (member.role === 'owner' || decision.atMs <= member.decidedAtMs) return false
  return member.role !== 'admin' || holdsRole(directory.members.get(decision.accountId) ?? null, 'owner')
}

const harshness = { resume: 0, suspend: 1, remove: 2, revokeInvite: 3 }

function isLater(decision: AdminDecision, known: AdminDecision): boolean {
  if (decision.atMs !== known.atMs) return decision.atMs > known.atMs
  if (decision.device !== known.device) return decision.device > known.device
  return harshness[decision.kind] > harshness[known.kind]
}
