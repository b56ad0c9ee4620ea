import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { fastify, type FastifyError, type FastifyInstance } from 'fastify'
import { kithError } from '../contract/errors.ts'
import { maxHttpBodyBytes } from './schemas.ts'
import { addChatRoute } from './chat-route.ts'
import { errorBody, HttpRefusal, sendError } from './errors.ts'
import { hostRefusal } from './host-check.ts'
import type { LocalApiOptions } from './local-api-options.ts'
import { addModelsRoute } from './models-route.ts'
import { addAnswerHeaders, contextOf } from './request-context.ts'
import { addSessionRoutes } from './session-routes.ts'
import { addUsageRoute } from './usage-route.ts'

/** How long a request may take to arrive. Answers take as long as the gateway's own deadlines allow. */
const requestTimeoutMs = 30_000
/** More programs than this at once are a fault of one of them. */
const maxConnections = 512

/** Makes the server with all its routes; somebody else lets it listen. `closing` fires when it stops. */
export function createServer(options: LocalApiOptions, closing: AbortSignal): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: maxHttpBodyBytes,
    requestTimeout: requestTimeoutMs,
    genReqId: () => randomBytes(16).toString('hex'),
    // What comes while the server stops is refused by the hook below, in our own words.
    return503OnClosing: false,
    clientErrorHandler: (_error, socket) => refuseUnreadable(socket),
    frameworkErrors: (error, request, reply) => {
      contextOf(request)
      void sendError(reply, refusalOf(error), Date.now())
    },
  })
  app.server.maxConnections = maxConnections
  app.addHook('onRequest', async (request) => {
    contextOf(request)
    const refusal = hostRefusal(request)
    if (refusal) throw new HttpRefusal(refusal)
    if (closing.aborted) throw new HttpRefusal(kithError('shutting_down', { machine: 'This computer' }))
  })
  addAnswerHeaders(app, options)
  readOnlyJson(app)
  addLog(app, options)
  app.setNotFoundHandler((_request, reply) => sendError(reply, new HttpRefusal(kithError('route_unknown')), Date.now()))
  app.setErrorHandler((error, request, reply) => {
    const refusal = error instanceof HttpRefusal ? error : refusalOf(error as FastifyError, request.id)
    if (refusal.kithError.code === 'internal') {
      options.log.error({ cause: error, requestId: request.id }, 'a request over HTTP failed')
    }
    return sendError(reply, refusal, Date.now())
  })
  app.get('/healthz', () => ({ status: 'ok' }))
  addModelsRoute(app, options, closing)
  addChatRoute(app, options, closing)
  addUsageRoute(app, options, closing)
  addSessionRoutes(app, options)
  return app
}

/** JSON and nothing else; an empty body is none. */
function readOnlyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parse(request, String(body), done)
  })
}

/** One line a request: never a body, never a header. */
function addLog(app: FastifyInstance, options: LocalApiOptions): void {
  app.addHook('onResponse', async (request, reply) => {
    const { requestId, caller } = contextOf(request)
    const status = reply.raw.writableFinished ? reply.raw.statusCode : 499
    const route = request.routeOptions.url ?? 'unknown'
    options.log.debug({ requestId, keyId: caller?.keyId, route, status, ms: Math.round(reply.elapsedTime) }, 'http')
  })
}

/** What the framework found fault with, in our words. */
function refusalOf(error: FastifyError, requestId = ''): HttpRefusal {
  const status = error.statusCode ?? 500
  if (status === 413) return new HttpRefusal(kithError('too_large', { limit: `${maxHttpBodyBytes} bytes` }))
  if (status === 415) return new HttpRefusal(kithError('bad_request', { reason: 'the body must be JSON' }), null, 415)
  if (status < 500) {
    const reason =
      error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError ? 'no valid JSON' : error.code
    return new HttpRefusal(kithError('bad_request', { reason: reason || 'the request is malformed' }))
  }
  return new HttpRefusal(kithError('internal', { reference: requestId.slice(0, 8) }))
}

/** Bytes that are no HTTP get an answer in the same form as everything else. */
function refuseUnreadable(socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const body = JSON.stringify(errorBody(kithError('bad_request', { reason: 'that is no HTTP request' })))
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
