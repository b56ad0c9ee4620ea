import { z } from 'zod'

/** Messages between the peer and the llama.cpp child. Both sides parse what they receive. */

const id = z.number().int().positive()

export const turnSchema = z.object({ role: z.enum(['system', 'user', 'assistant']), text: z.string().max(4_000_000) })

const promptSchema = z.discriminatedUnion('kind', [
  /** A finished prompt, rendered by the peer from the model's template. */
  z.object({
    kind: z.literal('text'),
    text: z.string().max(8_000_000),
    stops: z.array(z.string().min(1).max(100)).max(16),
  }),
  /** Turns for the chat template that the model file itself carries. */
  z.object({ kind: z.literal('turns'), turns: z.array(turnSchema).max(10_000) }),
])

const penalty = z.number().min(-2).max(2).optional()

const samplingSchema = z.object({
  topP: z.number().min(0).max(1).optional(),
  seed: z.number().int().optional(),
  presencePenalty: penalty,
  frequencyPenalty: penalty,
})

export const toLlamaSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('load'),
    id,
    path: z.string().max(4_096),
    contextTokens: z.number().int().positive(),
    threads: z.number().int().positive(),
    gpu: z.enum(['auto', 'off']),
  }),
  z.object({ type: z.literal('unload'), id }),
  z.object({
    type: z.literal('ask'),
    id,
    prompt: promptSchema,
    /** Null goes on until the model ends, or its context is full. */
    maxTokens: z.number().int().positive().nullable(),
    temperature: z.number().min(0).max(2),
    sampling: samplingSchema,
    /** False when an unfinished text is continued: its leading spaces count. */
    trimsStart: z.boolean(),
  }),
  /** Stops the `ask` with this id. */
  z.object({ type: z.literal('stop'), id }),
])

const count = z.number().int().nonnegative()

export const fromLlamaSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('loaded'), id, contextTokens: count }),
  z.object({ type: z.literal('unloaded'), id }),
  /** A piece of the prompt has been read. */
  z.object({ type: z.literal('reading'), id }),
  z.object({ type: z.literal('text'), id, text: z.string().max(1_000_000), tokens: count }),
  z.object({
    type: z.literal('end'),
    id,
    reason: z.enum(['stop', 'length', 'stopped']),
    promptTokens: count,
    completionTokens: count,
  }),
  z.object({
    type: z.literal('failed'),
    id,
    problem: z.enum(['does_not_fit', 'corrupt', 'context_too_long', 'other']),
    reason: z.string().max(1_000),
    /** The model's context size and the length of the prompt, when that was exceeded. */
    limitTokens: count,
    promptTokens: count,
  }),
])

export type ToLlama = z.infer<typeof toLlamaSchema>
export type FromLlama = z.infer<typeof fromLlamaSchema>
export type LlamaPrompt = z.infer<typeof promptSchema>
export type AskMessage = Extract<ToLlama, { type: 'ask' }>
export type LoadMessage = Extract<ToLlama, { type: 'load' }>
