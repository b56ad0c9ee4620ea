import { kithError, type KithError } from '../contract/errors.ts'
import type { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import type { PromptRequest } from '../protocol/messages/generation.ts'

/** The refusal of a prompt beyond the context, with both numbers. */
export function tooLong(request: PromptRequest, limitTokens: number, estimates: PromptEstimates): KithError {
  const tokens = Math.max(limitTokens + 1, estimates.likely(request))
  return kithError('context_too_long', { limit: limitTokens, tokens })
}

/** The failure of an engine. Not every engine counts the prompt that it refuses: its length is then estimated. */
export function withLength(error: KithError, request: PromptRequest, estimates: PromptEstimates): KithError {
  const { limit, tokens } = error.details
  if (error.code !== 'context_too_long' || typeof limit !== 'number' || typeof tokens === 'number') return error
  return tooLong(request, limit, estimates)
}
