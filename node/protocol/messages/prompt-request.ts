import { z } from 'zod'
import { accountIdSchema, keyIdSchema, poolIdSchema, requestIdSchema } from '../../contract/ids.ts'
import type { Result } from '../../contract/result.ts'
import type { PromptRequest } from './generation.ts'
import { parseJson } from './bytes.ts'
import { planLeaseTextSchema } from './lease-messages.ts'
import { wireLimits } from '../wire-limits.ts'

/** A question as it may arrive from another device. */
export const promptRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  poolId: poolIdSchema,
  model: z.string().min(1).max(200),
  turns: z
    .array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), text: z.string().max(2_000_000) }))
    .min(1)
    .max(2_000),
  maxTokens: z.number().int().min(1).max(1_000_000),
  /** Absent leaves it to the model. */
  temperature: z.number().min(0).max(2).optional(),
  consumer: z.strictObject({ accountId: accountIdSchema, keyId: keyIdSchema.nullable() }).optional(),
  attempt: z.number().int().min(1).max(9).optional(),
  mayShorten: z.boolean().optional(),
  planLease: planLeaseTextSchema.optional(),
})

export function parsePromptRequest(bytes: Uint8Array): Result<PromptRequest> {
  return parseJson(bytes, promptRequestSchema, wireLimits.requestBytes)
}
