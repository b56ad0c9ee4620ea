const maxChars = 2_000

/** A link the window may offer to open: an ordinary web address, without a name and password in front of the host. */
export function parseWebAddress(text: string | undefined): URL | null {
  if (text === undefined || text.length > maxChars || !URL.canParse(text)) return null
  const address = new URL(text)
  if (address.protocol !== 'https:' && address.protocol !== 'http:') return null
  return address.username === '' && address.password === '' ? address : null
}
