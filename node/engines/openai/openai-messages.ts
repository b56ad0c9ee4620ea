import { z } from 'zod'

/** The parts of the OpenAI API that Kith reads; everything else is ignored. */
export const modelListSchema = z.object({
  data: z
    .array(
      z.object({
        id: z.string().min(1).max(200),
        /** llama-server and vLLM say more than the standard. */
        max_model_len: z.number().int().positive().optional().catch(undefined),
        meta: z.object({ n_ctx: z.number().int().positive().optional() }).nullish().catch(undefined),
        /** A llama-server that loads models when they are asked for. */
        status: z
          .object({ value: z.string().max(40) })
          .nullish()
          .catch(undefined),
      }),
    )
    .max(1_000),
})

const count = z.number().int().nonnegative()

export const chatChunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            /** llama.cpp and others say the one, vLLM and Ollama the other. */
            reasoning_content: z.string().nullish(),
            reasoning: z.string().nullish(),
          })
          .optional(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  /** Numbers that are no counts are none: the text is good all the same. */
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).nullish().catch(null),
  error: z.object({ message: z.string() }).optional(),
})

const text = z.string().optional().catch(undefined)

/** What a server says of a request that it does not serve. */
const problemSchema = z.object({
  message: z.string(),
  /** A number with some servers. */
  code: text,
  type: text,
  n_prompt_tokens: count.optional().catch(undefined),
  n_ctx: count.optional().catch(undefined),
})

export const errorSchema = z.union([
  z.object({
    error: z.union([z.string().transform((message) => ({ message })), problemSchema]),
  }),
  /** Older vLLM. */
  problemSchema.transform((error) => ({ error })),
])
