/** A URL, or null for text that is none. (`URL.parse` is not in Node 20.18.) */
export function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}
