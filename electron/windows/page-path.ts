import path from 'node:path'
import { parseUrl } from '../invites/parse-url.ts'

/** Where the page lives. A protocol of our own gives it an origin that no web page shares. */
export const pageScheme = 'app'
export const pageHost = 'kith'
export const pageUrl = `${pageScheme}://${pageHost}/index.html`

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
}

/** True for an address of our own page, so for the only origin that may talk to the peer. */
export function isPageUrl(url: string): boolean {
  const parsed = parseUrl(url)
  return parsed?.protocol === `${pageScheme}:` && parsed.host === pageHost && parsed.username === ''
}

/** The file a request of the page means, or null where it leaves `rootDir` or is of no known kind. */
export function resolvePageFile(rootDir: string, url: string): { filePath: string; contentType: string } | null {
  const parsed = parseUrl(url)
  if (!parsed || !isPageUrl(url)) return null
  const relative = decode(parsed.pathname === '/' ? '/index.html' : parsed.pathname)
  if (relative === null || /[\0\\]/.test(relative)) return null
  const segments = relative.split('/').slice(1)
  if (segments.some((segment) => segment === '' || segment.startsWith('.') || segment.includes(':'))) return null

  const filePath = path.join(rootDir, ...segments)
  const contentType = contentTypes[path.extname(filePath).toLowerCase()]
  if (!contentType || !filePath.startsWith(path.resolve(rootDir) + path.sep)) return null
  return { filePath, contentType }
}

function decode(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname)
  } catch {
    // A broken escape names no file.
    return null
  }
}
