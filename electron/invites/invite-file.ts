import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { inviteLinkIn, maxInviteText } from '../../node/contract/invite-text.ts'
import { parseInviteLink } from './invite-link.ts'

/** The invite link in a page that was opened with Kith; null for any other file, or none. */
export function inviteInFile(path: string): string | null {
  if (!/\.html?$/i.test(path)) return null
  try {
    const file = openSync(path, 'r')
    try {
      const found = fstatSync(file)
      if (!found.isFile() || found.size > maxInviteText) return null
      return parseInviteLink(inviteLinkIn(readFileSync(file, 'utf8')))
    } finally {
      closeSync(file)
    }
  } catch {
    // There is no such file, or it may not be read: nothing was opened with Kith.
    return null
  }
}
