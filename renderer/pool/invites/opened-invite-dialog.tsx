import { letGoOfInvite, usePendingInvite } from '../../state/pending-invite.ts'
import { JoinPoolDialog } from './join-pool-dialog.tsx'

/** Opens when an invite link was opened outside of Kith, or a saved invite was dropped on the window. */
export function OpenedInviteDialog() {
  const { link } = usePendingInvite()
  return link === null ? null : <JoinPoolDialog key={link} link={link} onClose={letGoOfInvite} />
}
