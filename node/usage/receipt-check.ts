import type { Receipt } from '../contract/usage.ts'
import type { PromptRequest } from '../protocol/messages/generation.ts'
import type { TokenUsage } from '../engines/engine.ts'
import { faultOf, type SignedReceipt } from './signed-receipt.ts'
import type { ReceiptBounds } from './usage-journal.ts'

/** How far clocks of two devices may differ; beyond this a receipt could count in the wrong month. */
const clockMs = 48 * 3_600_000
/** Tokens an engine may count besides the text: the end token, and those of a chat template. */
const slackTokens = 16
const templateTokens = 1_024

/** What a gateway saw of an attempt. */
export interface SeenGeneration {
  readonly tokens: number
  readonly textBytes: number
  /** The engine's counts from the last part; null if it had none. */
  readonly usage: TokenUsage | null
}

/** Upper bounds of a request's tokens: a tokenizer makes no more tokens of a text than it has bytes. */
export function boundsOf(request: PromptRequest): ReceiptBounds {
  const bytes = request.turns.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
  return { promptTokens: bytes + templateTokens + 64 * request.turns.length, completionTokens: request.maxTokens }
}

/** The field that keeps a gateway from countersigning, or null; `own` is the receipt it would sign alone. */
export function doubtOf(
  half: SignedReceipt,
  own: Receipt,
  bounds: ReceiptBounds,
  seen: SeenGeneration | null,
  nowMs: number,
): string | null {
  const { receipt } = half
  if (!half.processor || faultOf({ ...half, gateway: null })) return 'signature'
  for (const field of ['attemptId', 'requestId', 'poolId', 'accountId', 'keyId', 'model'] as const) {
    if (receipt[field] !== own[field]) return field
  }
  if (receipt.processorDeviceId !== own.processorDeviceId) return 'processorDeviceId'
  if (receipt.gatewayDeviceId !== own.gatewayDeviceId) return 'gatewayDeviceId'
  if (Math.abs(receipt.finishedAtMs - nowMs) > clockMs) return 'finishedAtMs'
  if (receipt.promptTokens > bounds.promptTokens) return 'promptTokens'
  if (receipt.completionTokens > bounds.completionTokens + slackTokens) return 'completionTokens'
  if (!seen) return null
  if (seen.usage && seen.usage.promptTokens !== receipt.promptTokens) return 'promptTokens'
  if (seen.usage && seen.usage.completionTokens !== receipt.completionTokens) return 'completionTokens'
  // If it was cut short, the engine may have generated more than was sent.
  const isWhole = receipt.outcome === 'complete' || receipt.outcome === 'length'
  const most = Math.max(seen.tokens, seen.textBytes) + slackTokens
  return isWhole && receipt.completionTokens > most ? 'completionTokens' : null
}
