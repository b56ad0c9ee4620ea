import type { Result } from '../contract/result.ts'
import type { Caller } from '../access/standing.ts'
import type { CallName, GenerationName, ReplyOf, RequestOf } from './methods.ts'

/** Answers a call of a device that has a place in a pool of ours. */
export type CallHandler<M extends CallName> = (
  caller: Caller,
  request: RequestOf<M>,
) => Promise<Result<ReplyOf<M>>> | Result<ReplyOf<M>>

/** Starts an admitted generation. Ends soon after the signal fires. */
export type GenerationStart = (signal: AbortSignal) => ReplyOf<GenerationName>

/** What stands behind a generation: the processor, or the gateway. */
export interface GenerationHandler {
  /** Decides at once, from what is known; nothing is reserved until the generation is started. */
  admit(caller: Caller, request: RequestOf<GenerationName>): Result<GenerationStart>
}

/** In the place of a handler: this install does not serve the method, and callers hear `unknown_call`. */
export const notServed = null

export type CallHandlers = { readonly [M in CallName]: CallHandler<M> | typeof notServed }
export type GenerationHandlers = { readonly [M in GenerationName]: GenerationHandler | typeof notServed }

/** What stands behind every method of the table. Leaving one out does not compile. */
export type WireHandlers = CallHandlers & GenerationHandlers
