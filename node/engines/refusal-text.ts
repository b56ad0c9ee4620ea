const maxLength = 400

/** What an engine says of a request that it refuses, for whoever asked: one plain line, bounded, without our secrets. */
export function refusalText(message: string, secrets: readonly string[] = []): string {
  const clean = secrets.reduce((text, secret) => text.replaceAll(secret, '…'), message)
  const line = clean
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu, ' ')
    .trim()
    // Our sentence ends by itself.
    .replace(/\.$/, '')
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`
}
