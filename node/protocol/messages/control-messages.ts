import { z } from 'zod'
import { attemptIdSchema } from '../../contract/ids.ts'
import { modelSchema } from '../../contract/state.ts'
import { leaseQuotaCallSchema, leaseQuotaReplySchema } from './lease-messages.ts'
import type { Capabilities } from '../machines.ts'
import { wireLimits } from '../wire-limits.ts'

/** What a machine says it can do, as it may arrive from one. */
export const capabilitiesSchema: z.ZodType<Capabilities> = z.object({
  runId: z.string().max(64),
  sequence: z.number().int().nonnegative(),
  machineName: z.string().max(80),
  isSharing: z.boolean(),
  models: z.array(modelSchema).max(400),
  slots: z.number().int().nonnegative(),
  activeAnswers: z.number().int().nonnegative(),
  waitingAnswers: z.number().int().nonnegative(),
})

export const serviceStatusSchema = z.object({
  /** Which roles answer on this service. */
  processor: z.boolean(),
  gateway: z.boolean(),
  uptimeMs: z.number().nonnegative(),
})
export type ServiceStatus = z.infer<typeof serviceStatusSchema>

const signatureText = z.string().max(100)

/** A receipt with whatever signatures it has, in base64url. Whoever gets one checks them. */
export const wireReceiptSchema = z.object({
  record: z.string().max(wireLimits.receiptUnits),
  processor: signatureText.nullable(),
  gateway: signatureText.nullable(),
})
export type WireReceipt = z.infer<typeof wireReceiptSchema>

/** What a gateway returns to a processor: receipts it has signed, alone or beside the processor. */
const usageCallSchema = z.object({ receipts: z.array(wireReceiptSchema).min(1).max(wireLimits.receiptsPerCall) })
const usageReplySchema = z.object({
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
export type UsageCall = z.infer<typeof usageCallSchema>
export type UsageReply = z.infer<typeof usageReplySchema>

/** What each control call carries. */
export const controlRequests = {
  ping: z.object({}),
  getStatus: z.object({}),
  getCapabilities: z.object({}),
  usage: usageCallSchema,
  leaseQuota: leaseQuotaCallSchema,
} as const

/** The answer of each control call. */
export const controlReplies = {
  ping: z.object({}),
  getStatus: serviceStatusSchema,
  getCapabilities: capabilitiesSchema,
  usage: usageReplySchema,
  leaseQuota: leaseQuotaReplySchema,
} as const

export type ControlRequest<M extends keyof typeof controlRequests> = z.output<(typeof controlRequests)[M]>
export type ControlReply<M extends keyof typeof controlReplies> = z.output<(typeof controlReplies)[M]>
