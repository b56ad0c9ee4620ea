import type { InviteId } from '../../contract/ids.ts'
import type { AdminDecisions } from './admin-merge.ts'
import type { DirectoryEdits } from './directory-edits.ts'
import type { Directory } from './membership.ts'

/**
 * Writes what admins decided into the directory, from where on it alone counts. Answers whether
 * anything was written.
 *
 * Each decision keeps the time of the admin's word, so that a later one still outranks it.
 */
export async function takeOver(
  edits: DirectoryEdits,
  directory: Directory,
  decisions: AdminDecisions,
): Promise<boolean> {
  let isChanged = false
  for (const [accountId, word] of decisions.members) {
    // Somebody the directory does not name is kept out by the word itself, until an invite made later.
    if (!directory.members.has(accountId)) continue
    isChanged = true
    if (word.kind === 'remove') await edits.removeMember(accountId, { isRefused: true, atMs: word.atMs })
    else await edits.setMemberState(accountId, word.kind === 'resume' ? 'active' : 'suspended', word.atMs)
  }
  for (const inviteId of decisions.revokedInvites) {
    if (!directory.invites.has(inviteId)) continue
    isChanged = true
    await edits.revokeInvite(inviteId as InviteId)
  }
  return isChanged
}
