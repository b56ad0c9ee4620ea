import type { Bridge, ContractClient } from '../../node/contract/api.ts'
import {
  calls,
  events,
  hostCalls,
  type AllCalls,
  type ChatEvent,
  type CallInput,
  type CallName,
  type CallOutput,
  type EventName,
  type EventPayload,
  type HostCallName,
} from '../../node/contract/contract.ts'
import { kithError, kithErrorSchema } from '../../node/contract/errors.ts'
import type { Result } from '../../node/contract/result.ts'
import { deadlineMsOf } from './call-deadlines.ts'

export type WindowCallName = CallName | HostCallName
export type WindowClient = ContractClient<WindowCallName> & {
  /** Hands in what arrived on the answers port. */
  deliverAnswers(answers: readonly ChatEvent[]): void
}

type Listener = (payload: never) => void

const contract: AllCalls = { ...calls, ...hostCalls }

function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name)
}

/** A failure of the window itself: the reference names the call, which is all a report needs. */
function internal(name: string, what: string): Result<never> {
  return { ok: false, error: kithError('internal', { reference: `window-${what}-${name}` }) }
}

/** Turns the text the bridge gave back into a typed result; whatever does not fit the contract is a failure. */
export function parseResult<K extends WindowCallName>(name: K, reply: unknown): Result<CallOutput<K>> {
  if (typeof reply !== 'object' || reply === null || !('ok' in reply)) return internal(name, 'reply')
  if (reply.ok === true) {
    const value = contract[name].output.safeParse('value' in reply ? reply.value : undefined)
    return value.success ? { ok: true, value: value.data as CallOutput<K> } : internal(name, 'value')
  }
  const error = kithErrorSchema.safeParse('error' in reply ? reply.error : undefined)
  return error.success ? { ok: false, error: error.data } : internal(name, 'error')
}

async function withDeadline(name: WindowCallName, reply: Promise<unknown>): Promise<unknown> {
  const deadlineMs = deadlineMsOf(name)
  if (deadlineMs === null) return reply
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<unknown>((resolve) => {
    timer = setTimeout(() => {
      resolve(internal(name, 'deadline'))
    }, deadlineMs)
  })
  try {
    return await Promise.race([reply, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The typed client the whole window talks through. */
export function createClient(bridge: Bridge): WindowClient {
  const listeners = new Map<EventName, Set<Listener>>()

  function emit<N extends EventName>(name: N, payload: EventPayload<N>): void {
    for (const listener of listeners.get(name) ?? []) (listener as (payload: EventPayload<N>) => void)(payload)
  }

  bridge.onEvent((name, payload) => {
    if (!isEventName(name) || name === 'chat') return
    const parsed = events[name].safeParse(payload)
    if (parsed.success) emit(name, parsed.data as EventPayload<typeof name>)
    else console.warn(`An event named ${name} did not fit the contract and was left out.`)
  })

  return {
    async call<K extends WindowCallName>(name: K, input: CallInput<K>) {
      try {
        return parseResult(name, await withDeadline(name, bridge.invoke(name, input)))
      } catch {
        return internal(name, 'invoke')
      }
    },
    listen(name, listener) {
      const set = listeners.get(name) ?? new Set<Listener>()
      listeners.set(name, set)
      set.add(listener)
      return () => set.delete(listener)
    },
    deliverAnswers(answers) {
      for (const answer of answers) emit('chat', answer)
    },
  }
}
