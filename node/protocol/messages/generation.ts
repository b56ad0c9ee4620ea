import { z } from 'zod'
import type { KithError } from '../../contract/errors.ts'
import { accountIdSchema, keyIdSchema, poolIdSchema, requestIdSchema, type DeviceId } from '../../contract/ids.ts'
import type { TokenUsage } from '../../engines/engine.ts'
import { planLeaseTextSchema, planVoucherSchema } from './lease-messages.ts'

/** Texts that end a generation: how many, and how long one may be, in UTF-16 units. */
export const maxStops = 4
export const maxStopLength = 512

const turnSchema = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), text: z.string().max(2_000_000) })

/** The longest generation of a request that names no length: more than any engine makes in the time an answer has. */
export const mostUnnamedTokens = 131_072

const penalty = z.number().min(-2).max(2).optional()

/** How tokens are chosen; what is absent is left to the model. */
const samplingSchema = z.strictObject({
  topP: z.number().min(0).max(1).optional(),
  seed: z.number().int().optional(),
  presencePenalty: penalty,
  frequencyPenalty: penalty,
  stop: z.array(z.string().min(1).max(maxStopLength)).min(1).max(maxStops).readonly().optional(),
})

/** A request for a generation, on its way from client to gateway to processor. */
export const promptRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  poolId: poolIdSchema,
  model: z.string().min(1).max(200),
  turns: z.array(turnSchema).min(1).max(2_000).readonly(),
  maxTokens: z.number().int().min(1).max(1_000_000),
  /** Absent leaves it to the model. */
  temperature: z.number().min(0).max(2).optional(),
  sampling: samplingSchema.optional(),
  /**
   * On whose account it is, and by which key; no key for a chat window. Absent for the calling device's own
   * account and no key. Another account's needs the gateway role.
   */
  consumer: z.strictObject({ accountId: accountIdSchema, keyId: keyIdSchema.nullable() }).optional(),
  /** Which attempt at this request this is, counted from 1; absent means the first. */
  attempt: z.number().int().min(1).max(9).optional(),
  /**
   * Whether the caller named no length: the model ends it, `maxTokens` only bounds it, and it may be shortened to what a
   * limit leaves.
   */
  mayShorten: z.boolean().optional(),
  /** Permission of the pool's coordinator, for a processor that cannot ask it. */
  planLease: planLeaseTextSchema.optional(),
  /** The gateway's word for what it has asked of this machine for the member, this request included. */
  planVoucher: planVoucherSchema.optional(),
})
export type PromptRequest = Readonly<z.infer<typeof promptRequestSchema>>

/** A receipt on its way: the exact text that was signed, and the processor's signature over it. */
export interface ReceiptPart {
  readonly type: 'receipt'
  readonly record: string
  readonly signature: Uint8Array
}

/** What comes back, in order. The last part is always `end` or `failed`; nothing is thrown. */
export type ServedPart =
  /** A machine took the request; `place` is its place in that machine's queue, 0 when it runs at once. */
  | { readonly type: 'accepted'; readonly deviceId: DeviceId; readonly machineName: string; readonly place: number }
  /** The engine loads the model, or reads the prompt. It comes again as a sign of life. */
  | { readonly type: 'loading' }
  | { readonly type: 'reading' }
  /** Tokens that the model thinks, which are not shown. */
  | { readonly type: 'reasoning'; readonly tokens: number }
  | { readonly type: 'text'; readonly text: string; readonly tokens: number }
  /** From a processor to its gateway, right before the last part. Gateways pass it on to nobody. */
  | ReceiptPart
  | { readonly type: 'end'; readonly reason: 'stop' | 'length' | 'stopped'; readonly usage: TokenUsage }
  | { readonly type: 'failed'; readonly error: KithError; readonly usage: TokenUsage | null }

/** Anything that generates: the gateway to a client, a processor to a gateway, near or far. */
export interface GenerationPort {
  ask(request: PromptRequest, signal: AbortSignal): AsyncIterable<ServedPart>
}
