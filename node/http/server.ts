import { kithError } from '../contract/errors.ts'
import { addCaller } from './auth.ts'
import { addChatRoute } from './chat-route.ts'
import { addCorsHeaders, isPreflight, sendPreflight } from './cors.ts'
import { HttpRefusal, sendError } from './errors.ts'
import { hostRefusal } from './host-check.ts'
import { isModestJson } from '../base/json-shape.ts'
import type { LocalApiOptions } from './local-api-options.ts'
import { addModelsRoutes } from './models-route.ts'
import { refusalOf } from './refusals.ts'
import { addReplyHeaders } from './reply-headers.ts'
import { addSessionRoutes } from './session-routes.ts'
import { arrivalDeadlines, maxHttpConnections, typedServer, type TypedServer } from './typed-server.ts'
import { closeUnreadBodies } from './unread-body.ts'
import { defaultReaderMs, endUnreadReplies } from './unread-reply.ts'
import { addUsageRoute } from './usage-route.ts'

/** Makes the server with all its routes; somebody else lets it listen. `closing` fires when it stops. */
export function createServer(options: LocalApiOptions, closing: AbortSignal): TypedServer {
  const app = typedServer(options.deadlines ?? arrivalDeadlines, options.maxConnections ?? maxHttpConnections)
  addCaller(app)
  addReplyHeaders(app, options)
  closeUnreadBodies(app)
  endUnreadReplies(app, options.readerMs ?? defaultReaderMs)
  readOnlyJson(app)
  addDoor(app, options)
  addRefusals(app, options, closing)
  addLog(app, options)
  app.get('/healthz', () => ({ status: 'ok' }))
  addModelsRoutes(app, options, closing)
  addChatRoute(app, options, closing)
  addUsageRoute(app, options, closing)
  addSessionRoutes(app, options)
  return app
}

/** Lets in nobody but programs of this computer and whoever was listed, and answers what browsers ask before. */
function addDoor(app: TypedServer, options: LocalApiOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    const guests = options.guests()
    const refusal = hostRefusal(request, guests)
    if (refusal) throw new HttpRefusal(refusal)
    addCorsHeaders(request, reply, guests)
  })
  app.addHook('onRequest', async (request, reply) => (isPreflight(request) ? sendPreflight(request, reply) : undefined))
}

/** Says no in our words, whoever says it: while stopping, to unknown paths, and where a route threw. */
function addRefusals(app: TypedServer, options: LocalApiOptions, closing: AbortSignal): void {
  app.addHook('onRequest', async (request) => {
    if (closing.aborted) throw new HttpRefusal(kithError('shutting_down', { machine: 'This computer' }))
    const { expect } = request.headers
    if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
      throw new HttpRefusal(kithError('bad_request', { reason: 'only 100-continue can be expected' }), null, 417)
    }
    // Said here, the body of such a request is never read.
    if (request.is404) throw new HttpRefusal(kithError('route_unknown'))
  })
  app.setNotFoundHandler((_request, reply) => sendError(reply, new HttpRefusal(kithError('route_unknown')), Date.now()))
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error, request.id, request.routeOptions.bodyLimit)
    if (refusal.kithError.code === 'internal') {
      options.log.error({ cause: error, requestId: request.id }, 'a request over HTTP failed')
    }
    return sendError(reply, refusal, Date.now())
  })
}

/** JSON and nothing else; an empty body is none. */
function readOnlyJson(app: TypedServer): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body)
    const reason = 'the JSON is nested too deeply, or has too many values'
    if (text === '') done(null, undefined)
    else if (!isModestJson(text)) done(new HttpRefusal(kithError('bad_request', { reason })))
    else void parse(request, text, done)
  })
}

/** One line a request: never a body, never a header. */
function addLog(app: TypedServer, options: LocalApiOptions): void {
  app.addHook('onResponse', async (request, reply) => {
    const { id: requestId, caller } = request
    const status = reply.raw.writableFinished ? reply.raw.statusCode : 499
    const route = request.routeOptions.url ?? 'unknown'
    options.log.debug({ requestId, keyId: caller?.keyId, route, status, ms: Math.round(reply.elapsedTime) }, 'http')
  })
}
