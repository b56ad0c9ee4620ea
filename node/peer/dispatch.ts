import { randomBytes } from 'node:crypto'
import type { Log } from '../base/log.ts'
import { calls, maxCallBytes, type CallName } from '../contract/contract.ts'
import type { PeerApi, PeerHandlers } from '../contract/api.ts'
import { fail, type Result } from '../contract/result.ts'
import { storageFailure } from '../state/storage-error.ts'
import type { CallerSessions } from './caller-sessions.ts'
import type { FullDisk } from './full-disk.ts'

function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name)
}

/** Length as JSON; null for what JSON cannot hold, such as a circle, which structured cloning lets through. */
function encodedLength(input: unknown): number | null {
  try {
    return JSON.stringify(input ?? null).length
  } catch {
    // The caller is told that this is no plain data.
    return null
  }
}

export interface DispatchOptions {
  readonly handlers: PeerHandlers
  readonly callers: CallerSessions
  readonly disk: FullDisk
  /** Opens the stores again. */
  readonly reopen: () => Promise<Result<void>>
  readonly log: Log
}

/** The only entry for calls from outside: reopens the stores after a full disk, checks the caller, runs the call. */
export function createDispatch({ handlers, callers, disk, reopen, log }: DispatchOptions): PeerApi['dispatch'] {
  return async (name, input, caller) => {
    if (await disk.hasRoomAgain()) await reopen()
    const result = await callers.run(name, input, caller, () => answerCall(handlers, name, input, log))
    if (!result.ok && result.error.code === 'disk_full') disk.note()
    return result
  }
}

/** Checks name, size and shape, and turns what a handler throws into a coded failure: no call ever rejects. */
export async function answerCall(
  handlers: PeerHandlers,
  name: string,
  input: unknown,
  log: Log,
): Promise<Result<unknown>> {
  if (!isCallName(name)) return fail('unknown_call', { name: name.slice(0, 64) })
  // Text fields are bounded by the schemas; this bounds what the schemas have to look at.
  const length = encodedLength(input)
  if (length === null) return fail('bad_request', { reason: 'input: not plain data' })
  if (length > maxCallBytes) return fail('too_large', { limit: `${maxCallBytes} bytes` })
  const parsed = calls[name].input.safeParse(input)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    // The path and the rule, never the value: it may be a password.
    return fail('bad_request', { reason: `${issue?.path.join('.') || 'input'}: ${issue?.code ?? 'invalid'}` })
  }
  try {
    const handler = handlers[name] as (input: unknown) => Promise<Result<unknown>>
    return await handler(parsed.data)
  } catch (cause) {
    const storage = storageFailure(cause)
    if (!storage.ok && storage.error.code !== 'storage_failed') return storage
    const reference = randomBytes(4).toString('hex')
    log.error({ cause, call: name, reference }, 'call failed')
    return fail('internal', { reference })
  }
}
