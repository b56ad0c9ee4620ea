import type { Receipt } from '../contract/usage.ts'
import { mostSayable, type TokenCounter } from '../protocol/generations/token-counter.ts'
import type { PromptRequest } from '../protocol/messages/generation.ts'
import { faultOf, type SignedReceipt } from './signed-receipt.ts'
import type { ReceiptBounds } from './usage-journal.ts'

/** How far clocks of two devices may differ; beyond this a receipt could count in the wrong month. */
const clockMs = 48 * 3_600_000

/** Upper bounds of a request's tokens: a tokenizer makes no more tokens of a text than it has bytes. */
export function boundsOf(request: PromptRequest): ReceiptBounds {
  return mostSayable(request)
}

/**
 * The field that keeps a gateway from countersigning, or null; `own` is the receipt it would sign alone.
 *
 * `seen` has counted the attempt; null where the receipt has come later, after the connection was lost.
 */
export function doubtOf(
  half: SignedReceipt,
  own: Receipt,
  bounds: ReceiptBounds,
  seen: Pick<TokenCounter, 'differing'> | null,
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
  if (own.said || receipt.said) return 'said'
  if (receipt.promptTokens > bounds.promptTokens) return 'promptTokens'
  if (receipt.completionTokens > bounds.completionTokens) return 'completionTokens'
  return seen?.differing(receipt) ?? null
}

/** Whether a doubt is about tokens: the machine has said what it did not do. */
export function isOfTokens(doubt: string | null): boolean {
  return doubt === 'said' || doubt === 'promptTokens' || doubt === 'completionTokens'
}
