import { NamedListeners } from '../../base/listeners.ts'
import type { PeerHandlers } from '../../contract/api.ts'
import {
  calls,
  type CallInput,
  type CallName,
  type CallOutput,
  type EventName,
  type EventPayload,
  type EventPayloads,
  type ParsedInput,
} from '../../contract/contract.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { AppState, SliceName } from '../../contract/state.ts'
import type { OwnPeer } from '../command-context.ts'
import { fakeState } from './fake-state.ts'

/** A peer that answers what a test tells it to, behind the real contract. */
export class FakePeer implements OwnPeer {
  readonly listeners = new NamedListeners<EventPayloads>()
  /** Names and inputs of all calls, in order. */
  readonly called: { name: CallName; input: unknown }[] = []
  isStarted = false
  forOthers = 0
  isDrained = false
  isStopped = false
  #sequence = 0
  state: AppState

  constructor(
    public handlers: Partial<PeerHandlers> = {},
    state: AppState = fakeState(),
  ) {
    this.state = state
  }

  start(): Promise<void> {
    this.isStarted = true
    return Promise.resolve()
  }

  drain(): Promise<void> {
    this.isDrained = true
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.isStopped = true
    return Promise.resolve()
  }

  listen<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void {
    return this.listeners.add(name, listener)
  }

  emit<N extends EventName>(name: N, payload: EventPayload<N>): void {
    this.listeners.emit(name, payload)
  }

  /** Replaces one slice, as the peer would. */
  setState<S extends SliceName>(slice: S, value: AppState[S]): void {
    this.state = { ...this.state, [slice]: value }
    this.#sequence += 1
    this.emit('state', { sequence: this.#sequence, slice, value })
  }

  async call<K extends CallName>(name: K, input: CallInput<K>): Promise<Result<CallOutput<K>>> {
    const parsed = calls[name].input.safeParse(input)
    if (!parsed.success) return fail('bad_request', { reason: parsed.error.issues[0]?.message ?? 'unknown' })
    this.called.push({ name, input: parsed.data })
    const handler: PeerHandlers[K] | undefined = this.handlers[name]
    if (handler) return handler(parsed.data as ParsedInput<K>)
    if (name !== 'state.snapshot') return ok(undefined as CallOutput<K>)
    return ok({ sequence: this.#sequence, state: this.state } as CallOutput<K>)
  }

  async dispatch(name: string, input: unknown): Promise<Result<unknown>> {
    if (!Object.hasOwn(calls, name)) return fail('unknown_call', { name })
    return this.call(name as CallName, input as never)
  }
}
