import type { RpcServer } from '@hyperswarm/rpc'
import { hasPlace, type WhoIs } from '../../access/standing.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { notServed, type CallHandlers, type GenerationHandlers, type WireHandlers } from '../handlers.ts'
import { jsonBytes, parseJson } from '../messages/bytes.ts'
import { decodeCall } from '../messages/call-encoding.ts'
import { callNames, schemasOf, generationNames, type CallName, type GenerationName } from '../methods.ts'
import { wireLimits } from '../wire-limits.ts'
import type { Served, ServedConnections } from './served-connections.ts'

type Respond = (served: Served, bytes: Uint8Array) => Promise<Result<Uint8Array>> | Result<Uint8Array>

/** Puts every method of the table on a server, behind the guard of the connection it is called on. */
export function registerMethods(
  server: RpcServer,
  handlers: WireHandlers,
  connections: ServedConnections,
  whoIs: WhoIs,
): void {
  const register = (method: string, respond: Respond): void => {
    server.respond(method, async (bytes, rpcConnection) => {
      const served = connections.get(rpcConnection)
      // Closed while the call was on its way: nobody reads the reply.
      if (!served) return new Uint8Array(0)
      if (served.isRefused) return served.connection.guard.reply(method, () => fail('too_many_connections'))
      if (!connections.mayBegin(served)) return served.connection.guard.reply(method, () => fail('too_many_calls'))
      served.running += 1
      try {
        return await served.connection.guard.reply(method, () => respond(served, bytes))
      } finally {
        served.running -= 1
      }
    })
  }
  for (const method of generationNames) register(method, respondGeneration(method, handlers))
  for (const method of callNames) register(method, respondCall(method, handlers, whoIs))
}

function respondGeneration(method: GenerationName, handlers: GenerationHandlers): Respond {
  const handler = handlers[method]
  return ({ generations }, bytes) =>
    handler === notServed ? fail('unknown_call', { name: method }) : generations.receive(bytes, method, handler)
}

function respondCall<M extends CallName>(method: M, handlers: Pick<CallHandlers, M>, whoIs: WhoIs): Respond {
  const handler = handlers[method]
  return async ({ connection }, bytes) => {
    if (bytes.byteLength > wireLimits.controlBytes) return fail('too_large', { limit: 'a control message' })
    const call = decodeCall(bytes)
    if (!call.ok) return call
    const caller = whoIs(connection.peer)
    if (!caller || !hasPlace(caller)) return fail('not_admitted')
    const request = parseJson(call.value.body, schemasOf(method).request, wireLimits.controlBytes)
    if (!request.ok) return request
    if (handler === notServed) return fail('unknown_call', { name: method })
    const reply = await handler(caller, request.value)
    return reply.ok ? ok(jsonBytes(reply.value)) : reply
  }
}
