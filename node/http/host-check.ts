import type { FastifyRequest } from 'fastify'
import type { ApiGuests } from '../contract/api-guests.ts'
import { kithError, type KithError } from '../contract/errors.ts'

/** As much of a refused value as its refusal repeats. */
const shownLength = 200

/**
 * Keeps web pages out.
 *
 * A page can send requests to 127.0.0.1 from any browser on this computer. Its own name in `Host` betrays a
 * name that was pointed here afterwards (DNS rebinding), and its `Origin` everything else. Let in besides is what
 * somebody has listed, exactly as it stands there.
 */
export function hostRefusal(request: FastifyRequest, guests: ApiGuests): KithError | null {
  const port = request.raw.socket.localPort ?? 0
  const ownHosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`)
  const host = request.headers.host?.toLowerCase() ?? ''
  const isListed = guests.hosts.some((listed) => host === listed || host === `${listed}:${port}`)
  if (!ownHosts.includes(host) && !isListed) return kithError('host_refused', { host: shown(host) })
  const origin = request.headers.origin?.toLowerCase()
  if (origin === undefined || ownHosts.some((own) => origin === `http://${own}`)) return null
  return guests.origins.includes(origin) ? null : kithError('origin_refused', { origin: shown(origin) })
}

/** Another program wrote it: whoever shows the refusal on a terminal gets plain characters. */
function shown(value: string): string {
  return value.replace(/[^\x21-\x7e]/g, '?').slice(0, shownLength)
}
