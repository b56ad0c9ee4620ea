import { inviteLinkIn, maxInviteText } from '../../../node/contract/invite-text.ts'

/** The invite link in a file that was dropped; null where there is none. */
export async function inviteInFile(file: File): Promise<string | null> {
  return file.size > maxInviteText ? null : inviteLinkIn(await file.text())
}

/** Whether a file may be an invite: a page, as Kith saves them. */
export function isInviteFile(file: Pick<File, 'name' | 'type'>): boolean {
  return file.type === 'text/html' || /\.html?$/i.test(file.name)
}
