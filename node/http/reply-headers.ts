import type { FastifyInstance, FastifyReply } from 'fastify'
import type { LocalApiOptions } from './local-api-options.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'

/** Adds the headers of every reply to what the server sends by itself. */
export function addReplyHeaders(app: FastifyInstance, options: LocalApiOptions): void {
  app.addHook('onSend', async (_request, reply) => {
    reply.headers(commonHeaders(reply, options))
  })
}

/** All headers of a reply that its route writes by itself: the server adds none to a stream. */
export function streamHeaders(reply: FastifyReply, options: LocalApiOptions): Record<string, string> {
  const ofRoute = Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)] as const)
  return { ...Object.fromEntries(ofRoute), ...commonHeaders(reply, options) }
}

function commonHeaders(reply: FastifyReply, options: LocalApiOptions): Record<string, string> {
  const { id, caller } = reply.request
  return {
    'x-request-id': id,
    'openai-processing-ms': String(Math.round(reply.elapsedTime)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(caller ? rateLimitHeaders(options.limits(caller), Date.now()) : {}),
  }
}
