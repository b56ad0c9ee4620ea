import type { Receipt } from '../contract/usage.ts'
import type { PromptRequest } from '../protocol/messages/generation.ts'
import type { TokenUsage } from '../engines/engine.ts'
import { faultOf, type SignedReceipt } from './signed-receipt.ts'
import type { ReceiptBounds } from './usage-journal.ts'

/** Clocks of two devices may differ; a receipt farther off would count in another month. */
const clockMs = 48 * 3_600_000
/** What an engine may count beside the text: the end token, a chat template's openings. */
const slackTokens = 16
const templateTokens = 1_024

/** What a gateway saw of an attempt. */
export interface SeenGeneration {
  readonly tokens: number
  readonly textBytes: number
  /** The counts in the last part, where there were any. */
  readonly usage: TokenUsage | null
}

/** No tokenizer makes more tokens of a text than it has bytes. */
export function boundsOf(request: PromptRequest): ReceiptBounds {
  const bytes = request.turns.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
  return { promptTokens: bytes + templateTokens + 64 * request.turns.length, completionTokens: request.maxTokens }
}

/** Why a gateway does not countersign a processor's receipt, or null: `own` is the receipt it would sign alone. */
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
  // A generation that was cut short may have been computed farther than it was sent.
  const isWhole = receipt.outcome === 'complete' || receipt.outcome === 'length'
  const most = Math.max(seen.tokens, seen.textBytes) + slackTokens
  return isWhole && receipt.completionTokens > most ? 'completionTokens' : null
}
