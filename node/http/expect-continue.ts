import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

/**
 * Asks for the body of a request that says `Expect: 100-continue` only once it is going to be read.
 *
 * Node by itself would ask for it before anybody has looked at the key.
 */
export function askLateForBodies(app: FastifyInstance): void {
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    app.server.emit('request', request, response)
  }
  app.server.on('checkContinue', pass).on('checkExpectation', pass)
  app.addHook('preParsing', async (request, reply) => {
    if (request.headers.expect !== undefined) reply.raw.writeContinue()
  })
}
