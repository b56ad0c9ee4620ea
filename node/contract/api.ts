import type {
  AllCalls,
  CallInput,
  CallName,
  CallOutput,
  EventName,
  EventPayload,
  HostCallName,
  ParsedInput,
} from './contract.ts'
import type { Result } from './result.ts'

/** Handlers for a set of calls: what the peer implements for `calls`, and the host for `hostCalls`. */
export type Handlers<N extends keyof AllCalls> = {
  readonly [K in N]: (input: ParsedInput<K>) => Promise<Result<CallOutput<K>>>
}
export type PeerHandlers = Handlers<CallName>
export type HostHandlers = Handlers<HostCallName>

/** Listens to one kind of event; the return value unsubscribes. */
export type Listen = <N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void) => () => void

/** What a caller holds: the page over the bridge, the command line over the control socket, a test. */
export interface ContractClient<N extends keyof AllCalls = CallName> {
  call<K extends N>(name: K, input: CallInput<K>): Promise<Result<CallOutput<K>>>
  listen: Listen
}

/**
 * One window or one command; all its calls carry the same object.
 *
 * Signing in opens a session for it, which the peer holds until the signal fires.
 */
export interface Caller {
  readonly kind: 'window' | 'command'
  readonly signal?: AbortSignal
}

/** The peer as its hosts see it: calls in, events out. */
export interface PeerApi extends ContractClient {
  /** Untrusted entry: parses name and input, never throws, returns a Result. */
  dispatch(name: string, input: unknown, caller?: Caller): Promise<Result<unknown>>
}

/** What the preload script puts on `window.kith`. Values are untyped text until the page's client parses them. */
export interface Bridge {
  invoke(name: string, input: unknown): Promise<unknown>
  /** Every event except `chat`. Returns the unsubscribe function. */
  onEvent(listener: (name: string, payload: unknown) => void): () => void
  /** Absolute path of a dropped file; empty when it is not a file of this computer. */
  pathForFile(file: File): string
}
