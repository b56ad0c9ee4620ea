import { randomUUID } from 'node:crypto'
import type { Caller, HostHandlers } from '../../node/contract/api.ts'
import { calls, hostCalls, maxCallBytes, type HostCallName } from '../../node/contract/contract.ts'
import { fail, type Result } from '../../node/contract/result.ts'
import type { Log } from '../../node/base/log.ts'

export interface CallRouterOptions {
  readonly host: HostHandlers
  readonly peer: { dispatch(name: string, input: unknown, caller: Caller): Promise<Result<unknown>> }
  /** One session for the window, whatever page it shows: the peer holds it, and the page never sees a token. */
  readonly caller: Caller
  readonly log: Log
}

export type CallRouter = (name: unknown, input: unknown) => Promise<Result<unknown>>

/** Untrusted entry of the window: checks name and size, then hands the call to the host or to the peer. */
export function createCallRouter({ host, peer, caller, log }: CallRouterOptions): CallRouter {
  return async (name, input) => {
    if (typeof name !== 'string' || name.length > 80) return fail('bad_request', { reason: 'the call has no name' })
    const size = encodedBytes(input)
    if (size === null) return fail('bad_request', { reason: 'the input is not plain data' })
    if (size > maxCallBytes) return fail('too_large', { limit: `${maxCallBytes / 1024 / 1024} MB` })
    try {
      if (isHostCall(name)) return await answerHostCall(host, name, input)
      // The peer parses the input itself: this is one of its three entries.
      if (Object.hasOwn(calls, name)) return await peer.dispatch(name, input, caller)
      return fail('unknown_call', { name: name.slice(0, 80) })
    } catch (cause) {
      const reference = randomUUID().slice(0, 8)
      log.error({ cause, call: name, reference }, 'a call failed unexpectedly')
      return fail('internal', { reference })
    }
  }
}

function isHostCall(name: string): name is HostCallName {
  return Object.hasOwn(hostCalls, name)
}

async function answerHostCall(host: HostHandlers, name: HostCallName, input: unknown): Promise<Result<unknown>> {
  const parsed = hostCalls[name].input.safeParse(input)
  if (!parsed.success) return fail('bad_request', { reason: describeIssue(parsed.error.issues[0]) })
  // The handler of a name takes exactly the input that the schema of that name returns.
  const handler = host[name] as (input: unknown) => Promise<Result<unknown>>
  return handler(parsed.data)
}

function describeIssue(issue: { path: PropertyKey[]; message: string } | undefined): string {
  if (!issue) return 'the input does not fit'
  const place = issue.path.map(String).join('.')
  return (place ? `${place}: ${issue.message}` : issue.message).slice(0, 200)
}

/** Bytes of the input as text, or null where it cannot be text. */
function encodedBytes(input: unknown): number | null {
  try {
    return input === undefined ? 0 : Buffer.byteLength(JSON.stringify(input))
  } catch {
    // Cyclic values, big integers and functions have no place in the contract.
    return null
  }
}
