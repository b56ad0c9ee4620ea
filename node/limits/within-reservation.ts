import type { Result } from '../contract/result.ts'
import { estimatedPromptTokens, leastOutputTokens, usualOutputTokens } from './estimates.ts'
import type { LimitNeed, LimitTerms, Reservation } from './limiter.ts'
import type { PromptRequest, ServedPart } from '../protocol/messages/generation.ts'

/** Longest generation that is set aside for a request. Where the caller named none, it is the usual length. */
export function outputTokens(request: PromptRequest, { limits }: LimitTerms): number {
  const countsTokens = Object.keys(limits).some((name) => name.startsWith('tokens'))
  return countsTokens && request.mayShorten ? Math.min(request.maxTokens, usualOutputTokens) : request.maxTokens
}

/** What a request may use, prompt and generation together. */
export function needOf(request: PromptRequest, terms: LimitTerms): LimitNeed {
  const promptTokens = estimatedPromptTokens(request.turns)
  const tokens = promptTokens + outputTokens(request, terms)
  return request.mayShorten ? { tokens, leastTokens: Math.min(tokens, promptTokens + leastOutputTokens) } : { tokens }
}

/**
 * A generation within a reservation, which is settled however the generation ends.
 *
 * What was used is what the engine counted; where it had no chance to count, what came through here.
 */
export async function* withinReservation(
  request: PromptRequest,
  reserved: Result<Reservation>,
  generate: (maxTokens: number) => AsyncIterable<ServedPart>,
): AsyncGenerator<ServedPart, void, undefined> {
  if (!reserved.ok) return yield { type: 'failed', error: reserved.error, usage: null }
  const reservation = reserved.value
  const promptTokens = estimatedPromptTokens(request.turns)
  const count = { isBegun: false, tokens: 0 }
  let used: number | null = null
  try {
    for await (const part of generate(Math.max(1, reservation.tokens - promptTokens))) {
      if (part.type === 'reading' || part.type === 'text') count.isBegun = true
      if (part.type === 'text') count.tokens += part.tokens
      if ((part.type === 'end' || part.type === 'failed') && part.usage) {
        used = part.usage.promptTokens + part.usage.completionTokens
      }
      yield part
    }
  } finally {
    const streamed = count.isBegun ? Math.min(promptTokens + count.tokens, reservation.tokens) : 0
    const tokens = used ?? streamed
    reservation.settle({ tokens, requests: count.isBegun || tokens > 0 ? 1 : 0 })
  }
}
