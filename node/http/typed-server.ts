import { randomBytes } from 'node:crypto'
import { fastify } from 'fastify'
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { kithError } from '../contract/errors.ts'
import { ConnectionLimit } from './connection-limit.ts'
import { sendError } from './errors.ts'
import { askLateForBodies } from './expect-continue.ts'
import { refusalOf } from './refusals.ts'
import { maxHttpBodyBytes } from './schemas.ts'
import { refusalOfBytes, refuseSocket } from './unreadable.ts'

/** When the parts of a request must have arrived. Its reply takes as long as the gateway's own deadlines allow. */
export interface ArrivalDeadlines {
  readonly headersMs: number
  readonly requestMs: number
  /** How often the server looks; a request may be late by this. */
  readonly checkEveryMs: number
}

export const arrivalDeadlines: ArrivalDeadlines = { headersMs: 5_000, requestMs: 30_000, checkEveryMs: 1_000 }

/** More programs than this at once are a fault of one of them. */
export const maxHttpConnections = 512
const maxHeaderBytes = 16 * 1024

/** A server without routes: the schemas of its routes check and type what they read. */
export type TypedServer = ReturnType<typeof typedServer>

export function typedServer(deadlines: ArrivalDeadlines, maxConnections: number) {
  const connections = new ConnectionLimit(maxConnections, (socket) =>
    refuseSocket(socket, kithError('too_many_connections')),
  )
  const app = fastify({
    logger: false,
    bodyLimit: maxHttpBodyBytes,
    requestTimeout: deadlines.requestMs,
    http: {
      headersTimeout: deadlines.headersMs,
      connectionsCheckingInterval: deadlines.checkEveryMs,
      maxHeaderSize: maxHeaderBytes,
      // Node would refuse with an empty reply; the check of `Host` does it in our words.
      requireHostHeader: false,
    },
    genReqId: () => randomBytes(16).toString('hex'),
    // What comes while the server stops is refused by the hook below, in our own words.
    return503OnClosing: false,
    clientErrorHandler: (cause, socket) => {
      const refusal = refusalOfBytes(cause)
      // A refusal in the middle of another reply would be read as a part of it.
      if (!refusal || connections.isReplying(socket)) return void socket.destroy()
      refuseSocket(socket, refusal.error, refusal.status)
    },
    frameworkErrors: (error, request, reply) => {
      void sendError(reply, refusalOf(error, request.id), Date.now())
    },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.server.on('connection', (socket) => connections.admit(socket))
  app.server.on('connect', (_request, socket) => {
    socket.destroy()
  })
  // A program with a key waits for its reply, and one whose whole request is here: nobody else makes it go.
  app.addHook('preParsing', async (request, reply) => {
    if (request.caller) connections.hold(request.raw.socket, reply.raw)
  })
  app.addHook('preHandler', async (request, reply) => {
    if (!request.caller) connections.hold(request.raw.socket, reply.raw)
  })
  askLateForBodies(app)
  return app.withTypeProvider<ZodTypeProvider>()
}
