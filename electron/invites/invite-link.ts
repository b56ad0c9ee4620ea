/** Longest invite link any call of the contract accepts. */
const maxLinkLength = 4_000

/** Letters of a URL that needs no quoting; anything else never was an invite of ours. */
const invitePattern = /^kith:\/\/join\/[A-Za-z0-9\-._~%/?=&:+,]+$/

/** The invite link in a text that came from outside, or null. What it grants is checked by the peer. */
export function parseInviteLink(text: unknown): string | null {
  if (typeof text !== 'string' || text.length > maxLinkLength) return null
  const trimmed = text.trim().replace(/^kith:/i, 'kith:')
  return invitePattern.test(trimmed) ? trimmed : null
}

/** The first invite link among the arguments of a start. */
export function findInviteLink(argv: readonly string[]): string | null {
  for (const argument of argv) {
    const link = parseInviteLink(argument)
    if (link) return link
  }
  return null
}
