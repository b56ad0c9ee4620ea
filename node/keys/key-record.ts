import { z } from 'zod'
import { deviceIdSchema, keyIdSchema, type DeviceId, type KeyId } from '../contract/ids.ts'
import { keyScopeSchema } from '../contract/keys.ts'
import { limitModeSchema, limitsSchema, timeZoneSchema } from '../contract/limits.ts'

/**
 * An API key as a member bee stores it. Everybody in the pool can read it, so names are sealed and secrets
 * are hashed. Its writer is the device whose bee it is in.
 */

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const time = z.number().int().min(0).max(8_640_000_000_000_000)

export const keyPrefix = 'v1/key/'

/** Asking the runtime about a time zone is slow, and there are few of them. */
const knownTimeZones = new Set<string>()
const cachedTimeZone = z
  .string()
  .max(64)
  .refine((name) => {
    if (knownTimeZones.has(name)) return true
    if (!timeZoneSchema.safeParse(name).success) return false
    knownTimeZones.add(name)
    return true
  })

export const keyRecordSchema = z.object({
  /** Grows with each change; of all devices' records the highest revision counts. */
  revision: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  secretHash: hash,
  /** The secret before the last rotation, and how long it works. */
  previous: z.object({ secretHash: hash, untilMs: time }).nullable(),
  /** Name and last characters, sealed to the account; see key-label.ts. */
  label: z.string().max(800),
  scopes: z.array(keyScopeSchema).min(1).max(3),
  allowedModels: z.array(z.string().min(1).max(200)).max(50).nullable(),
  limits: limitsSchema,
  limitMode: limitModeSchema,
  timeZone: cachedTimeZone,
  homeDeviceId: deviceIdSchema,
  /** The previous home, and how often the key has moved; absent if it never has. */
  movedFrom: z.object({ deviceId: deviceIdSchema, times: z.number().int().min(1).max(1_000_000) }).optional(),
  createdAtMs: time,
  expiresAtMs: z.number().nullable(),
  state: z.enum(['enabled', 'disabled', 'revoked']),
})

export type KeyRecord = z.infer<typeof keyRecordSchema>

/** A record with the device that wrote it. */
export const heldKeySchema = z.object({ deviceId: deviceIdSchema, record: keyRecordSchema })
export type HeldKey = z.infer<typeof heldKeySchema>

/**
 * The record of a key that wins over another: revoked first, then the higher revision, then the higher
 * device.
 *
 * It is the maximum of a total order, so all readers agree, in whatever order and however often they
 * receive the records.
 */
export function mergeKeys(left: HeldKey, right: HeldKey): HeldKey {
  return order(left, right) < 0 ? right : left
}

function order(left: HeldKey, right: HeldKey): number {
  return (
    Number(isRevoked(left)) - Number(isRevoked(right)) ||
    left.record.revision - right.record.revision ||
    compare(left.deviceId, right.deviceId) ||
    // Only a faulty or dishonest device writes two records with one revision.
    compare(JSON.stringify(left.record), JSON.stringify(right.record))
  )
}

function isRevoked({ record }: HeldKey): boolean {
  return record.state === 'revoked'
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/** Null for a change that is not a valid key record. */
export function heldKeyOf(change: { key: string; value: unknown }, deviceId: DeviceId): [KeyId, HeldKey] | null {
  if (!change.key.startsWith(keyPrefix)) return null
  const keyId = keyIdSchema.safeParse(change.key.slice(keyPrefix.length))
  const record = keyRecordSchema.safeParse(change.value)
  return keyId.success && record.success ? [keyId.data, { deviceId, record: record.data }] : null
}
