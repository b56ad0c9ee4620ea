import { z } from 'zod'
import { accountIdSchema, keyIdSchema, poolIdSchema } from '../contract/ids.ts'
import { limitNameSchema } from '../contract/limits.ts'
import { maxStopLength, maxStops } from '../protocol/messages/generation.ts'

/**
 * The bodies of the local HTTP API: what validates requests, and what its documentation is made from.
 *
 * Names follow the OpenAI API, which clients know: small letters with underscores, times in whole seconds.
 */

/** Largest body of a request, in bytes. */
export const maxHttpBodyBytes = 4 * 1024 * 1024

const maxCompletionTokens = 1_000_000

const seconds = z.number().int()
const count = z.number().int().nonnegative()

/** A part of a message. Other kinds are parsed, so that the refusal can name what is not supported. */
const contentPartSchema = z.looseObject({ type: z.string().max(40), text: z.string().nullish() })

export const httpMessageSchema = z.looseObject({
  role: z.string().max(40),
  content: z.union([z.string(), z.array(contentPartSchema).max(1_000)]).nullish(),
})

/** -1 is no limit, as llama.cpp and LM Studio have it. */
const lengthSchema = z
  .number()
  .int()
  .min(-1)
  .max(maxCompletionTokens)
  .refine((tokens) => tokens !== 0, 'an answer has at least one token')
  .nullish()

const stopSchema = z.string().max(maxStopLength)
const penaltySchema = z.number().min(-2).max(2).nullish()

/** Fields that are not named here are ignored; each but the first two may be null. */
export const chatCompletionRequestSchema = z.looseObject({
  model: z.string().min(1).max(200),
  messages: z.array(httpMessageSchema).min(1).max(2_000),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: lengthSchema,
  max_completion_tokens: lengthSchema,
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  presence_penalty: penaltySchema,
  frequency_penalty: penaltySchema,
  stop: z.union([stopSchema, z.array(stopSchema).max(maxStops)]).nullish(),
  /** Parsed, and refused where it asks for what no engine here does. */
  n: z.number().int().min(1).max(128).nullish(),
  tools: z.array(z.unknown()).nullish(),
  functions: z.array(z.unknown()).nullish(),
  logprobs: z.boolean().nullish(),
  modalities: z.array(z.string().max(40)).max(10).nullish(),
  response_format: z.looseObject({ type: z.string().max(40) }).nullish(),
})

export const completionUsageSchema = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
})

export const finishReasonSchema = z.enum(['stop', 'length'])

export const chatCompletionSchema = z.object({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: seconds,
  model: z.string(),
  choices: z.array(
    z.object({
      index: count,
      message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
      logprobs: z.null(),
      finish_reason: finishReasonSchema,
    }),
  ),
  usage: completionUsageSchema,
})

export const chatCompletionChunkSchema = z.object({
  id: z.string(),
  object: z.literal('chat.completion.chunk'),
  created: seconds,
  model: z.string(),
  choices: z.array(
    z.object({
      index: count,
      delta: z.object({ role: z.literal('assistant').optional(), content: z.string().optional() }),
      logprobs: z.null(),
      finish_reason: finishReasonSchema.nullable(),
    }),
  ),
  /** Only where `stream_options.include_usage` asks for it: null, and the totals in the last chunk. */
  usage: completionUsageSchema.nullable().optional(),
})

export const httpModelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  /** Models have no creation time here: the time at which this server started. */
  created: seconds,
  owned_by: z.string(),
})

export const modelParamsSchema = z.object({ '*': z.string().min(1).max(200) })

export const httpModelListSchema = z.object({ object: z.literal('list'), data: z.array(httpModelSchema) })

const httpTotalsSchema = completionUsageSchema.extend({ requests: count, failures: count })

export const httpLimitSchema = z.object({
  name: limitNameSchema,
  limit: count,
  used: count,
  left: count,
  /** Null for requests at a time. */
  resets_at: seconds.nullable(),
  would_refuse: count,
})

/** What the key, or the account of a session, has used and has left. */
export const httpUsageSchema = z.object({
  object: z.literal('usage'),
  account_id: accountIdSchema,
  /** Null for a session. */
  key_id: keyIdSchema.nullable(),
  pool_id: poolIdSchema.nullable(),
  limits: z.array(httpLimitSchema),
  today: httpTotalsSchema,
  this_month: httpTotalsSchema,
})

export const httpLoginSchema = z.object({ username: z.string().max(200), password: z.string().max(1_000) })

export const httpSessionSchema = z.object({
  object: z.literal('session'),
  id: z.string(),
  token: z.string(),
  expires_at: seconds,
})

/** Every refusal has this body; `kith` holds our own code and what fills its sentence. */
export const httpErrorSchema = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
    kith: z.object({ code: z.string(), details: z.record(z.string(), z.union([z.string(), z.number()])) }),
  }),
})

export type ChatCompletionRequest = z.infer<typeof chatCompletionRequestSchema>
export type ChatCompletion = z.infer<typeof chatCompletionSchema>
export type ChatCompletionChunk = z.infer<typeof chatCompletionChunkSchema>
export type CompletionUsage = z.infer<typeof completionUsageSchema>
export type FinishReason = z.infer<typeof finishReasonSchema>
export type HttpModel = z.infer<typeof httpModelSchema>
export type HttpModelList = z.infer<typeof httpModelListSchema>
export type HttpUsage = z.infer<typeof httpUsageSchema>
export type HttpSession = z.infer<typeof httpSessionSchema>
export type HttpError = z.infer<typeof httpErrorSchema>
