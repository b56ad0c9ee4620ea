import { z } from 'zod'
import { attemptIdSchema } from '../../contract/ids.ts'
import { wireLimits } from '../wire-limits.ts'

const signatureText = z.string().max(100)

/** A receipt with whatever signatures it has, in base64url. Whoever gets one checks them. */
export const wireReceiptSchema = z.object({
  record: z.string().max(wireLimits.receiptUnits),
  processor: signatureText.nullable(),
  gateway: signatureText.nullable(),
})

/** What a gateway returns to a processor: receipts it has signed, alone or beside the processor. */
export const usageCallSchema = z.object({ receipts: z.array(wireReceiptSchema).min(1).max(wireLimits.receiptsPerCall) })

/** What became of each receipt. */
export const usageReplySchema = z.object({
  results: z
    .array(
      z.object({
        attemptId: attemptIdSchema.nullable(),
        /** `later`: the attempt still runs here, or the processor's own receipt comes along instead. */
        state: z.enum(['kept', 'refused', 'later']),
        /** To be countersigned in place of what the gateway sent. */
        receipt: wireReceiptSchema.nullable(),
      }),
    )
    .max(wireLimits.receiptsPerCall),
})

export type WireReceipt = z.infer<typeof wireReceiptSchema>
export type UsageCall = z.infer<typeof usageCallSchema>
export type UsageReply = z.infer<typeof usageReplySchema>
