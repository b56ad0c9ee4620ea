import { z } from 'zod'
import { deviceIdSchema } from '../../contract/ids.ts'
import { limitNameSchema, timeZoneSchema } from '../../contract/limits.ts'

/**
 * What a grantor has counted of one subject: as it keeps it in the local bee, written before any reply
 * that depends on it, and as it hands it over to the device that counts next.
 */

const count = z.number().int().nonnegative()

/** What a holder may use in each window while the grantor is out of reach. */
export const leaseShareSchema = z.object({
  number: count,
  untilMs: count,
  timeZone: timeZoneSchema,
  amounts: z.partialRecord(limitNameSchema, count),
})

export const heldCellSchema = z.object({
  startMs: count,
  /** What the holder may use in this window at most; it counts against the limit whole. */
  held: count,
  used: count,
  reserved: count,
})

/** One holder of a subject. */
export const holderRowSchema = z.object({
  incarnation: z.string().max(64),
  /** The newest report that was taken. */
  sequence: count,
  /** The newest exchange that was answered. */
  answeredSequence: count,
  seenMs: count,
  cells: z.partialRecord(limitNameSchema, heldCellSchema),
  share: leaseShareSchema.nullable(),
  /** What the holder may still go by until it has confirmed the newer share. */
  previousShare: leaseShareSchema.nullable(),
})

const totalCellSchema = z.object({
  startMs: count,
  endMs: count,
  /** Counts until the window ends and belongs to no holder: used by plan leases, or held by one that lost its records. */
  writtenOff: count,
  /** The part of `writtenOff` taken from receipts, until the device that counted before hands over its count. */
  guessed: count.default(0),
  wouldRefuse: count,
})

/** A plan lease that is under way: it counts until the processor says what was used, or its windows end. */
const carriedLeaseSchema = z.object({
  sequence: count,
  processorDeviceId: deviceIdSchema,
  tokens: count,
  expiresAtMs: count,
  starts: z.partialRecord(limitNameSchema, count),
})

/** What belongs to a subject and to no holder of it. */
export const grantorTotalSchema = z.object({
  cells: z.partialRecord(limitNameSchema, totalCellSchema),
  carried: z.array(carriedLeaseSchema),
  nextSequence: count,
  /** How often the subject had another grantor when this count began. */
  tenure: count.default(0),
  /** A device that counted before and has not handed over yet. */
  awaited: deviceIdSchema.nullable().default(null),
})

/** Holders that are handed over one by one; what more of them hold is handed over as one sum. */
export const maxHandedRows = 64

/** All that one device has counted of a subject. */
export const handedLedgerSchema = z.object({
  total: grantorTotalSchema,
  rows: z.array(z.tuple([deviceIdSchema, holderRowSchema])).max(maxHandedRows),
})

export type LeaseShare = z.infer<typeof leaseShareSchema>
export type HeldCell = z.infer<typeof heldCellSchema>
export type HolderRow = z.infer<typeof holderRowSchema>
export type CarriedLease = z.infer<typeof carriedLeaseSchema>
export type GrantorTotal = z.infer<typeof grantorTotalSchema>
export type HandedLedger = z.infer<typeof handedLedgerSchema>
