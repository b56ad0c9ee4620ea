import type { CallOutput } from '../contract/contract.ts'
import { httpLoginSchema, type HttpSession } from './schemas.ts'
import type { Result } from '../contract/result.ts'
import { bearerOf } from './auth.ts'
import { HttpRefusal } from './errors.ts'
import type { LocalApiOptions } from './local-api-options.ts'
import type { TypedServer } from './typed-server.ts'

/** A name and a password, however they are escaped. */
const maxLoginBytes = 16 * 1024

/** Log in, renew and log out for programs; the calls of the contract behind them decide. */
export function addSessionRoutes(app: TypedServer, options: LocalApiOptions): void {
  app.post('/v1/sessions', { schema: { body: httpLoginSchema }, bodyLimit: maxLoginBytes }, async (request, reply) => {
    const opened = await options.call('session.open', { ...request.body, kind: 'http' })
    // The next guess needs a connection of its own.
    if (!opened.ok) reply.header('connection', 'close')
    return reply.code(201).send(sessionBody(valueOf(opened)))
  })
  // Neither takes a body, so both answer before one would be read.
  app.post('/v1/sessions/renew', {
    onRequest: async (request, reply) =>
      reply.send(sessionBody(valueOf(await options.call('session.renew', { token: tokenOf(bearerOf(request)) })))),
    handler: neverReached,
  })
  app.delete('/v1/sessions', {
    onRequest: async (request, reply) => {
      valueOf(await options.call('session.close', { token: tokenOf(bearerOf(request)) }))
      return reply.code(204).send()
    },
    handler: neverReached,
  })
}

function neverReached(): never {
  throw new Error('The route has answered already')
}

function sessionBody({ token, expiresAtMs, sessionId }: CallOutput<'session.open'>): HttpSession {
  return { object: 'session', id: sessionId, token, expires_at: Math.floor(expiresAtMs / 1_000) }
}

/** The contract reads tokens of up to this length. */
const tokenOf = (bearer: string): string => bearer.slice(0, 2_000)

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new HttpRefusal(result.error)
  return result.value
}
