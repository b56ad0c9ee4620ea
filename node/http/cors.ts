import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiGuests } from '../contract/api-guests.ts'

const usualHeaders = 'authorization, content-type'
const headerNames = /^[\w-]+(?: ?, ?[\w-]+)*$/

/** Lets the pages that were listed read the reply, and nobody else. */
export function addCorsHeaders({ headers }: FastifyRequest, reply: FastifyReply, { origins }: ApiGuests): void {
  const { origin } = headers
  if (origin === undefined || !origins.includes(origin.toLowerCase())) return
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': '*', vary: 'Origin' })
}

/** Whether a browser asks first whether a page may send its request. */
export function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && 'access-control-request-method' in headers
}

/** The answer to that. The page was let in by its origin; its key is checked with the request itself. */
export function sendPreflight({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = headers['access-control-request-headers'] ?? ''
  reply.headers({
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': headerNames.test(asked) ? asked : usualHeaders,
    'access-control-max-age': '600',
  })
  // Browsers ask for this besides where a page of the internet calls an address like ours.
  if (headers['access-control-request-private-network'] === 'true') {
    reply.header('access-control-allow-private-network', 'true')
  }
  return reply.code(204).send()
}
