import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestId } from '../contract/ids.ts'
import type { LocalApiOptions, Principal } from './local-api-options.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'

/** What is known of one request beside the request itself. */
export interface RequestContext {
  /** Also the id of the question and of its receipts. */
  readonly requestId: RequestId
  readonly startedMs: number
  /** Who asks, once that is known. */
  caller: Principal | null
  /** Headers that the route adds to its answer. */
  readonly headers: Map<string, string>
}

const contexts = new WeakMap<FastifyRequest, RequestContext>()

export function contextOf(request: FastifyRequest): RequestContext {
  let context = contexts.get(request)
  if (!context) {
    context = {
      requestId: request.id as RequestId,
      startedMs: performance.now(),
      caller: null,
      headers: new Map(),
    }
    contexts.set(request, context)
  }
  return context
}

/** Headers of every answer, refusals and streams included. */
export function answerHeaders(request: FastifyRequest, options: LocalApiOptions): Record<string, string> {
  const { caller, headers, requestId, startedMs } = contextOf(request)
  return {
    'x-request-id': requestId,
    'openai-processing-ms': String(Math.round(performance.now() - startedMs)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(caller ? rateLimitHeaders(options.limits(caller), Date.now()) : {}),
    ...Object.fromEntries(headers),
  }
}

/** Adds those headers to whatever the server sends by itself. */
export function addAnswerHeaders(app: FastifyInstance, options: LocalApiOptions): void {
  app.addHook('onSend', async (request, reply) => {
    reply.headers(answerHeaders(request, options))
  })
}
