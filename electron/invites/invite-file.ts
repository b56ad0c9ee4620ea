import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { parseInviteLink } from './invite-link.ts'

/** An invite that was saved as a page is far shorter. */
const maxFileBytes = 64 * 1024

/** The invite link in a page that was opened with Kith; null for any other file, or none. */
export function inviteInFile(path: string): string | null {
  if (!/\.html?$/i.test(path)) return null
  try {
    const file = openSync(path, 'r')
    try {
      const found = fstatSync(file)
      if (!found.isFile() || found.size > maxFileBytes) return null
      return parseInviteLink(/kith:\/\/join\/[\w-]+/i.exec(readFileSync(file, 'utf8'))?.[0])
    } finally {
      closeSync(file)
    }
  } catch {
    // There is no such file, or it may not be read: nothing was opened with Kith.
    return null
  }
}
