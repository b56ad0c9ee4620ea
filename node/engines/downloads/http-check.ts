import { joinSignals } from '../../base/joined-signal.ts'
import type { CatalogueEntry } from '../models/catalogue.ts'

const checkDeadlineMs = 15_000

export type HttpCheck = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/**
 * Asks a server about a file before any of it is fetched.
 *
 * Model hubs state the SHA-256 and size of a large file in the first response, before they redirect to where
 * the bytes are; a file that cannot match is never fetched.
 */
export async function checkHttpFile(url: string, entry: CatalogueEntry, signal: AbortSignal): Promise<HttpCheck> {
  const host = new URL(url).hostname
  const bounded = joinSignals([signal], checkDeadlineMs)
  try {
    const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: bounded })
    if (response.status >= 400) return { ok: false, reason: `${host} answered with status ${response.status}` }
    const statedHash = /\b[0-9a-f]{64}\b/i.exec(response.headers.get('x-linked-etag') ?? '')?.[0]
    if (statedHash && statedHash.toLowerCase() !== entry.sha256) {
      return { ok: false, reason: `${host} has a different file` }
    }
    const isRedirect = response.status >= 300
    const statedBytes =
      response.headers.get('x-linked-size') ?? (isRedirect ? null : response.headers.get('content-length'))
    if (statedBytes !== null && Number(statedBytes) !== entry.sizeBytes) {
      return { ok: false, reason: `${host} has a file of another size` }
    }
    return { ok: true }
  } catch {
    // Refused, unknown or too slow makes no difference to the person.
    return { ok: false, reason: `${host} cannot be reached` }
  } finally {
    bounded.clear()
  }
}
