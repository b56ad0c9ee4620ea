import { readFile } from 'node:fs/promises'
import { protocol, type Session } from 'electron'
import { pageScheme, resolvePageFile } from './page-path.ts'

/** Nothing but our own files: no inline script or style, no frames, no connection to anywhere. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const commonHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-cache',
}

/** Makes the page's protocol a secure origin. Must run before the app is ready. */
export function declarePageProtocol(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built page, and only that, to this session. */
export function servePage(session: Session, rootDir: string): void {
  session.protocol.handle(pageScheme, async (request) => {
    if (request.method !== 'GET') return refuse(405)
    const file = resolvePageFile(rootDir, request.url)
    if (!file) return refuse(404)
    try {
      const body = await readFile(file.filePath)
      return new Response(new Uint8Array(body), { headers: { ...commonHeaders, 'content-type': file.contentType } })
    } catch {
      // Missing or unreadable is the same to a page.
      return refuse(404)
    }
  })
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: commonHeaders })
}
