import type { PromptRequest } from '../protocol/messages/generation.ts'

/** No known tokenizer makes fewer tokens of a text than this many UTF-16 units each, on average. */
const maxUnitsPerToken = 12

/** The request with its output bounded by the context; null when the conversation surely does not fit. */
export function fitToContext(request: PromptRequest, contextTokens: number | null): PromptRequest | null {
  if (!contextTokens) return request
  const units = request.turns.reduce((sum, turn) => sum + turn.text.length, 0)
  if (units / maxUnitsPerToken > contextTokens) return null
  return { ...request, maxTokens: Math.min(request.maxTokens, contextTokens) }
}
