import { z } from 'zod'
import { servedParts } from './messages/frames.ts'
import { promptRequestSchema, type ServedPart } from './messages/generation.ts'
import { leaseQuotaCallSchema, leaseQuotaReplySchema } from './messages/lease-messages.ts'
import { usageCallSchema, usageReplySchema } from './messages/usage-messages.ts'

const nothing = z.object({})

/** A method that is answered in one message. */
function call<Q extends z.ZodType, R extends z.ZodType>(request: Q, reply: R): { kind: 'call'; request: Q; reply: R } {
  return { kind: 'call', request, reply }
}

/** A method with a signed request, whose reply is a stream of parts on a token channel. */
function generation<Q extends z.ZodType>(request: Q): { kind: 'generation'; request: Q; reply: typeof servedParts } {
  return { kind: 'generation', request, reply: servedParts }
}

/**
 * Every method of the wire, in one object: what it carries and what comes back.
 *
 * Handlers, their registration and the types of callers derive from it.
 */
export const methods = {
  ping: call(nothing, nothing),
  /** Receipts that a gateway has signed, to the processor they are of. */
  usage: call(usageCallSchema, usageReplySchema),
  /** Between the grantor of a limit and whoever holds a part of it. */
  leaseQuota: call(leaseQuotaCallSchema, leaseQuotaReplySchema),
  /** From a gateway to a processor. */
  processRequest: generation(promptRequestSchema),
  /** From a client to the gateway of another device of its account. */
  processPrompt: generation(promptRequestSchema),
} as const

type Methods = typeof methods
type NamesOfKind<K> = { [M in MethodName]: Methods[M]['kind'] extends K ? M : never }[MethodName]
type ReplyFrom<R> = R extends z.ZodType ? z.output<R> : AsyncIterable<ServedPart>

export type MethodName = keyof Methods
export type CallName = NamesOfKind<'call'>
export type GenerationName = NamesOfKind<'generation'>
export type RequestOf<M extends MethodName> = z.output<Methods[M]['request']>
export type ReplyOf<M extends MethodName> = ReplyFrom<Methods[M]['reply']>

export const methodNames = Object.keys(methods) as readonly MethodName[]
export const callNames = methodNames.filter((name): name is CallName => methods[name].kind === 'call')
export const generationNames = methodNames.filter((name): name is GenerationName => methods[name].kind === 'generation')

/** The schemas of a call, typed for a name that is only known at run time. */
export function schemasOf<M extends CallName>(name: M): CallSchemas[M] {
  const calls: CallSchemas = methods
  return calls[name]
}

type CallSchemas = {
  readonly [M in CallName]: { readonly request: z.ZodType<RequestOf<M>>; readonly reply: z.ZodType<ReplyOf<M>> }
}
