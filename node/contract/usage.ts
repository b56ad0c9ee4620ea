import { z } from 'zod'
import { kithErrorSchema } from './errors.ts'
import { accountIdSchema, attemptIdSchema, deviceIdSchema, keyIdSchema, poolIdSchema, requestIdSchema } from './ids.ts'

/**
 * `served`: what this account's devices generated for anybody. `consumed`: what this account requested.
 * The direction is always named, because the two are easily confused.
 */
export const usageDirectionSchema = z.enum(['served', 'consumed'])
export const usageGrainSchema = z.enum(['hour', 'day', 'month'])
export const usageGroupingSchema = z.enum(['none', 'key', 'model', 'account', 'machine'])

const count = z.number().int().nonnegative()

export const usageTotalsSchema = z.object({
  requests: count,
  failures: count,
  promptTokens: count,
  completionTokens: count,
})

export const receiptOutcomeSchema = z.enum(['complete', 'length', 'stopped', 'failed', 'lost'])
/** Who has signed: the processor alone, both, or the gateway alone because the processor died. */
export const receiptStateSchema = z.enum(['half-signed', 'countersigned', 'gateway-attested'])

/** What one attempt at a request cost. */
export const receiptSchema = z.object({
  attemptId: attemptIdSchema,
  requestId: requestIdSchema,
  poolId: poolIdSchema,
  /** Account that made the request. */
  accountId: accountIdSchema,
  /** Null for requests from a chat window. */
  keyId: keyIdSchema.nullable(),
  model: z.string().max(200),
  modelDigest: z.string().max(128),
  processorDeviceId: deviceIdSchema,
  gatewayDeviceId: deviceIdSchema,
  promptTokens: count,
  completionTokens: count,
  /** `stream` where the engine gave no count that can be true, because of a cancel or a crash: it is an estimate. */
  countedBy: z.enum(['engine', 'stream']),
  /** What the machine said of its tokens where that cannot be true; the counts above are what was counted instead. */
  said: z.object({ promptTokens: count, completionTokens: count }).nullable().default(null),
  queueMs: count,
  firstTokenMs: count.nullable(),
  durationMs: count,
  outcome: receiptOutcomeSchema,
  /** Places in the generation where another machine continued it. */
  seams: count,
  finishedAtMs: z.number().min(0).max(8_000_000_000_000_000),
})

export const receiptViewSchema = receiptSchema.extend({
  direction: usageDirectionSchema,
  state: receiptStateSchema,
  /** Names as far as they are known here. */
  accountName: z.string().max(80),
  keyName: z.string().max(60),
  machineName: z.string().max(80),
  /** Whose machine it is. */
  machineAccountName: z.string().max(80),
  /** How far `finishedAtMs` was ahead of the clock here when the receipt came; null where the two agreed. */
  clockOffMs: z.number().nullable(),
})

export const usageRangeSchema = z.object({
  /** Null for all pools. */
  poolId: poolIdSchema.nullable(),
  direction: usageDirectionSchema,
  fromMs: z.number(),
  toMs: z.number(),
})

export const usageBucketSchema = z.object({
  startMs: z.number(),
  groups: z.array(usageTotalsSchema.extend({ id: z.string().max(200), label: z.string().max(200) })).max(1_000),
})

export const usageReportSchema = z.object({
  grain: usageGrainSchema,
  buckets: z.array(usageBucketSchema).max(10_000),
  totals: usageTotalsSchema,
})

export const usageProblemSchema = z.object({
  attemptId: z.string().max(80),
  reason: z.enum(['unreadable', 'processor_signature', 'gateway_signature', 'gateway_missing', 'totals_differ']),
})

export const usageVerificationSchema = z.object({
  receipts: count,
  verified: count,
  problems: z.array(usageProblemSchema).max(1_000),
})

/** Pushed to the window: today's totals, and a revision that tells it to fetch its reports again. */
export const usageSliceSchema = z.object({
  revision: count,
  servedToday: usageTotalsSchema,
  consumedToday: usageTotalsSchema,
  /** Clocks that are off, as sentences: `clock_off` of other computers, or `own_clock_off`. */
  clocks: z.array(kithErrorSchema).max(8),
})

export type UsageDirection = z.infer<typeof usageDirectionSchema>
export type UsageGrain = z.infer<typeof usageGrainSchema>
export type UsageGrouping = z.infer<typeof usageGroupingSchema>
export type UsageTotals = z.infer<typeof usageTotalsSchema>
export type Receipt = z.infer<typeof receiptSchema>
export type ReceiptState = z.infer<typeof receiptStateSchema>
export type ReceiptView = z.infer<typeof receiptViewSchema>
export type UsageRange = z.infer<typeof usageRangeSchema>
export type UsageBucket = z.infer<typeof usageBucketSchema>
export type UsageReport = z.infer<typeof usageReportSchema>
export type UsageVerification = z.infer<typeof usageVerificationSchema>

/** All tokens that a receipt counts, or says that were said. */
export function tokensOf({
  promptTokens,
  completionTokens,
}: Pick<Receipt, 'promptTokens' | 'completionTokens'>): number {
  return promptTokens + completionTokens
}

export const noUsage: UsageTotals = { requests: 0, failures: 0, promptTokens: 0, completionTokens: 0 }
