import type { ChatTurn } from '../engines/engine.ts'

/** Longest generation that is set aside where the caller names none. */
export const usualOutputTokens = 1_024
/** A generation is shortened to what a limit leaves, but to no less than this. */
export const leastOutputTokens = 16

/** Text holds about four bytes a token in English and three in most other scripts. */
const bytesPerToken = 3
/** What a template adds around each turn. */
const tokensPerTurn = 8

/**
 * Tokens that a prompt may come to: a third of its UTF-8 bytes, and eight for each turn.
 *
 * It is on the high side on purpose. The engine's own count takes its place afterwards.
 */
export function estimatedPromptTokens(turns: readonly ChatTurn[]): number {
  return turns.reduce((sum, turn) => sum + tokensPerTurn + Math.ceil(Buffer.byteLength(turn.text) / bytesPerToken), 0)
}
