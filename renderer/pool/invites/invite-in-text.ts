/** Longest text that is searched: a page with an invite is far shorter. */
const maxTextLength = 65_536

/** The invite link in a text, such as the page an invite was saved as; null where there is none. */
export function inviteInText(text: string): string | null {
  if (text.length > maxTextLength) return null
  return /kith:\/\/join\/[\w-]+/i.exec(text)?.[0] ?? null
}

/** The same in a file that was dropped or chosen. */
export async function inviteInFile(file: File): Promise<string | null> {
  return file.size > maxTextLength ? null : inviteInText(await file.text())
}

/** Whether a file may be an invite: a page, as Kith saves them. */
export function isInviteFile(file: Pick<File, 'name' | 'type'>): boolean {
  return file.type === 'text/html' || /\.html?$/i.test(file.name)
}
