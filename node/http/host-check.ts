import type { FastifyRequest } from 'fastify'
import { kithError, type KithError } from '../contract/errors.ts'

/**
 * Keeps web pages out.
 *
 * A page can send requests to 127.0.0.1 from any browser on this computer. Its own name in `Host` betrays a
 * name that was pointed here afterwards (DNS rebinding), and its `Origin` everything else.
 */
export function hostRefusal(request: FastifyRequest): KithError | null {
  const ownHosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${request.raw.socket.localPort ?? 0}`)
  const { host, origin } = request.headers
  if (host === undefined || !ownHosts.includes(host.toLowerCase())) return kithError('host_refused')
  const isOwnOrigin = origin === undefined || ownHosts.includes(origin.toLowerCase().replace(/^http:\/\//, ''))
  return isOwnOrigin ? null : kithError('origin_refused')
}
