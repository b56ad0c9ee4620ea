import type { AdminRecord } from '../../accounts/records/admin-record.ts'
import type { AccountId } from '../../contract/ids.ts'
import type { Directory } from './membership.ts'

/** A record of an admin's bee, with the account the directory says the device belongs to. */
export type AdminDecision = AdminRecord & { readonly accountId: AccountId }

/** What the admins of a pool have decided and its directory has not yet taken over. */
export interface AdminDecisions {
  /** The last word about each member. Those suspended or removed have no place until the directory decides. */
  readonly members: ReadonlyMap<AccountId, AdminDecision>
  readonly revokedInvites: ReadonlySet<string>
}

export const noDecisions: AdminDecisions = { members: new Map(), revokedInvites: new Set() }

type JudgedBy = Pick<Directory, 'members' | 'invites'>

/**
 * Merges what admins wrote with the directory, whatever order the records arrive in.
 *
 * A word counts while the directory names its account an active admin or the owner, unless the
 * directory has decided about the same member at that time or later. Of several words about one
 * member the latest counts; equal times fall to the higher device, then to the harsher word.
 * Nobody suspends or removes the owner, and only the owner an admin.
 */
export function mergeAdminDecisions(words: readonly AdminDecision[], directory: JudgedBy): AdminDecisions {
  const members = new Map<AccountId, AdminDecision>()
  const revokedInvites = new Set<string>()
  for (const word of words) {
    if (word.kind === 'revokeInvite') {
      const invite = directory.invites.get(word.target)
      if (isHeard(word, directory) && !invite?.isRevoked) revokedInvites.add(word.target)
      continue
    }
    const target = word.target as AccountId
    if (!mayDecideAbout(word, target, directory)) continue
    const known = members.get(target)
    if (!known || isLater(word, known)) members.set(target, word)
  }
  return { members, revokedInvites }
}

/** Whether the last word of the admins leaves this member without a place. */
export function isShutOut(decisions: AdminDecisions, accountId: AccountId): boolean {
  const word = decisions.members.get(accountId)
  return word !== undefined && word.kind !== 'resume'
}

function isHeard(word: AdminDecision, directory: JudgedBy): boolean {
  const writer = directory.members.get(word.accountId)
  return writer?.state === 'active' && (writer.role === 'admin' || writer.role === 'owner')
}

function mayDecideAbout(word: AdminDecision, target: AccountId, directory: JudgedBy): boolean {
  if (!isHeard(word, directory)) return false
  const member = directory.members.get(target)
  if (!member) return true
  if (member.role === 'owner' || word.atMs <= member.decidedAtMs) return false
  return member.role !== 'admin' || directory.members.get(word.accountId)?.role === 'owner'
}

const harshness = { resume: 0, suspend: 1, remove: 2, revokeInvite: 3 }

function isLater(word: AdminDecision, known: AdminDecision): boolean {
  if (word.atMs !== known.atMs) return word.atMs > known.atMs
  if (word.device !== known.device) return word.device > known.device
  return harshness[word.kind] > harshness[known.kind]
}
