import type { InviteId } from '../../contract/ids.ts'
import type { AdminDecisions } from './admin-merge.ts'
import type { DirectoryEdits } from './directory-edits.ts'
import type { Directory } from './membership.ts'

/**
 * Writes what admins decided into the directory, from where on it alone counts. Answers whether
 * anything was written.
 *
 * Each decision keeps the admin's own time, so that a later one still outranks it.
 */
export async function takeOver(
  edits: DirectoryEdits,
  directory: Directory,
  decisions: AdminDecisions,
): Promise<boolean> {
  let isChanged = false
  for (const [accountId, decision] of decisions.members) {
    // Somebody the directory does not name is kept out by the decision itself, until an invite made later.
    if (!directory.members.has(accountId)) continue
    isChanged = true
    if (decision.kind === 'remove') await edits.removeMember(accountId, { isRefused: true, atMs: decision.atMs })
    else await edits.setMemberState(accountId, decision.kind === 'resume' ? 'active' : 'suspended', decision.atMs)
  }
  for (const inviteId of decisions.revokedInvites) {
    if (!directory.invites.has(inviteId)) continue
    isChanged = true
    await edits.revokeInvite(inviteId as InviteId)
  }
  return isChanged
}
