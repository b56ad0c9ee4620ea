import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { fastify } from 'fastify'
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { kithError } from '../contract/errors.ts'
import { errorBody, sendError } from './errors.ts'
import { refusalOf } from './refusals.ts'
import { maxHttpBodyBytes } from './schemas.ts'

/** How long a request may take to arrive. Its reply takes as long as the gateway's own deadlines allow. */
const requestTimeoutMs = 30_000

/** A server without routes: the schemas of its routes check and type what they read. */
export type TypedServer = ReturnType<typeof typedServer>

export function typedServer() {
  const app = fastify({
    logger: false,
    bodyLimit: maxHttpBodyBytes,
    requestTimeout: requestTimeoutMs,
    genReqId: () => randomBytes(16).toString('hex'),
    // What comes while the server stops is refused by the hook below, in our own words.
    return503OnClosing: false,
    clientErrorHandler: (_error, socket) => refuseUnreadable(socket),
    frameworkErrors: (error, request, reply) => {
      void sendError(reply, refusalOf(error, request.id), Date.now())
    },
  })
  app.setValidatorCompiler(validatorCompiler)
  return app.withTypeProvider<ZodTypeProvider>()
}

/** Bytes that are no HTTP get a reply in the same form as everything else. */
function refuseUnreadable(socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const body = JSON.stringify(errorBody(kithError('bad_request', { reason: 'that is no HTTP request' })))
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
