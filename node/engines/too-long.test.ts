import { expect, it } from 'vitest'
import { readTooLong, type RefusalFields } from './too-long.ts'

it.each<[string, string, RefusalFields, number | null, number | null]>([
  ['Ollama', 'the input length exceeds the context length', {}, null, null],
  [
    'llama-server with numbers of their own',
    'the request exceeds the available context size. try increasing the context size or enable context shift',
    { type: 'exceed_context_size_error', n_prompt_tokens: 5_000, n_ctx: 4_096 },
    5_000,
    4_096,
  ],
  [
    'llama-server in a sentence',
    'request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it',
    {},
    5_000,
    4_096,
  ],
  [
    'vLLM',
    "This model's maximum context length is 2048 tokens. However, you requested 2900 tokens (2700 in the messages, 200 in the completion). Please reduce the length of the messages or completion.",
    {},
    2_700,
    2_048,
  ],
  [
    'OpenAI',
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
    { code: 'context_length_exceeded' },
    9_000,
    8_192,
  ],
  [
    'LM Studio',
    'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.',
    {},
    5_000,
    4_096,
  ],
])('reads the refusal of %s', (_engine, message, fields, promptTokens, limitTokens) => {
  expect(readTooLong(message, fields)).toEqual({ promptTokens, limitTokens })
})

it.each([
  'unknown field "foo"',
  'the context of this call is not known',
  // The prompt fits; what was asked for beside it does not.
  "This model's maximum context length is 2048 tokens. However, you requested 2900 tokens (700 in the messages, 2200 in the completion).",
  "'max_tokens' is too large: 9000. This model's maximum context length is 2048 tokens and your request has 30 input tokens.",
])('takes "%s" for another refusal', (message) => {
  expect(readTooLong(message)).toBeNull()
})
