/** Longest text that an invite link is looked for in: a page that holds one is far shorter. */
export const maxInviteText = 65_536

/** The invite link in a text, such as a message or the page an invite was saved as; null where there is none. */
export function inviteLinkIn(text: string): string | null {
  if (text.length > maxInviteText) return null
  return /kith:\/\/join\/[\w-]+/i.exec(text)?.[0] ?? null
}
