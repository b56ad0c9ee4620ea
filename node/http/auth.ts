import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refusalOfScope } from '../access/keys.ts'
import { joinSignals } from '../base/joined-signal.ts'
import { kithError } from '../contract/errors.ts'
import type { KeyScope } from '../contract/keys.ts'
import { HttpRefusal } from './errors.ts'
import type { LocalApiOptions, Principal } from './local-api-options.ts'

/** No key or token is this long. */
const maxBearerLength = 2_100
/** How long a key that is not known yet may be looked for among the other computers. */
const authenticateDeadlineMs = 5_000

declare module 'fastify' {
  interface FastifyRequest {
    /** On whose behalf the program calls; null until `needsCaller` has found out. */
    caller: Principal | null
  }
}

/** Every request has a place for its caller. */
export function addCaller(app: FastifyInstance): void {
  app.decorateRequest('caller', null)
}

/** The token after `Bearer`; refuses where there is none. */
export function bearerOf(request: FastifyRequest): string {
  const [scheme, bearer, ...rest] = (request.headers.authorization ?? '').trim().split(/ +/)
  if (scheme?.toLowerCase() !== 'bearer' || !bearer || rest.length > 0) throw new HttpRefusal(kithError('key_missing'))
  if (bearer.length > maxBearerLength) throw new HttpRefusal(kithError('key_malformed'))
  return bearer
}

/**
 * A hook that lets a request in with a valid key or session that has the scope; null needs no scope.
 *
 * It runs before the body is read, so that nobody without a key can make this computer hold one.
 */
export function needsCaller(options: LocalApiOptions, closing: AbortSignal, scope: KeyScope | null) {
  return async (request: FastifyRequest): Promise<void> => {
    const bearer = bearerOf(request)
    const stop = joinSignals([closing], authenticateDeadlineMs)
    try {
      const principal = await options.authenticate(bearer, stop)
      if (!principal.ok) throw new HttpRefusal(principal.error)
      request.caller = principal.value
    } finally {
      stop.clear()
    }
    const refusal = scope && refusalOfScope(callerOf(request).scopes, scope)
    if (refusal) throw new HttpRefusal(refusal)
  }
}

/** The caller, on a route that needs one. */
export function callerOf({ caller }: FastifyRequest): Principal {
  if (!caller) throw new Error('The route is not guarded by needsCaller')
  return caller
}
