import { z } from 'zod'
import { deviceIdSchema, keyIdSchema, poolIdSchema } from './ids.ts'
import { limitModeSchema, limitsSchema, limitStateSchema, timeZoneSchema } from './limits.ts'

export const keyScopeSchema = z.enum(['inference', 'manage', 'metrics'])
export const keyNameSchema = z.string().trim().min(1).max(60)

const models = z.array(z.string().min(1).max(200)).max(50)

/** What a person chooses about a key. */
export const keyChoiceSchema = z.object({
  name: keyNameSchema,
  scopes: z.array(keyScopeSchema).min(1).max(3),
  /** Null allows all models. */
  allowedModels: models.nullable(),
  limits: limitsSchema,
  limitMode: limitModeSchema,
  timeZone: timeZoneSchema,
  expiresAtMs: z.number().nullable(),
})

/** A key of the signed-in account as the window shows it. The secret is shown once, by the call that makes it. */
export const apiKeySchema = keyChoiceSchema.extend({
  keyId: keyIdSchema,
  poolId: poolIdSchema,
  name: z.string().max(60),
  /** Enough to recognise it: the beginning and the last four characters. */
  masked: z.string().max(80),
  state: z.enum(['enabled', 'disabled', 'revoked', 'expired']),
  createdAtMs: z.number(),
  lastUsedAtMs: z.number().nullable(),
  /** Until when the secret before the last rotation still works. */
  overlapUntilMs: z.number().nullable(),
  /** The device that counts the key's limits. */
  homeDeviceId: deviceIdSchema,
  isHomeHere: z.boolean(),
  limitStates: z.array(limitStateSchema),
})

export type KeyScope = z.infer<typeof keyScopeSchema>
export type KeyChoice = z.infer<typeof keyChoiceSchema>
export type ApiKey = z.infer<typeof apiKeySchema>
