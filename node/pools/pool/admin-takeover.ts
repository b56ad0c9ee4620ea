import type { InviteId } from '../../contract/ids.ts'
import type { AdminDecisions } from './admin-merge.ts'
import type { DirectoryEdits } from './directory-edits.ts'
import type { Directory } from './membership.ts'

/**
 * Writes the decisions of admins into the directory. Returns whether anything was written.
 *
 * Each keeps the admin's own time, so that a later decision still outranks it.
 */
export async function takeOver(
  edits: DirectoryEdits,
  directory: Directory,
  decisions: AdminDecisions,
): Promise<boolean> {
  let isChanged = false
  for (const [accountId, decision] of decisions.members) {
    // An account that the directory does not name is kept out by the decision itself, until a later invite.
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
