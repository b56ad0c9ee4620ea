import { z } from 'zod'
import { deviceIdSchema } from '../../contract/ids.ts'
import { limitNameSchema, timeZoneSchema } from '../../contract/limits.ts'

/**
 * What a grantor has counted of one subject: as it keeps it in the local bee, written before any reply
 * that depends on it, and as it hands it over to the device that counts next.
 */

const instantMs = z.number().int().nonnegative()
/** So small that the sum of all that a ledger has room for is still exact. */
const count = z.number().int().min(0).max(1_000_000_000_000_000)

/** What a holder may use in each window while the grantor is out of reach. */
export const leaseShareSchema = z.object({
  number: count,
  untilMs: instantMs,
  timeZone: timeZoneSchema,
  amounts: z.partialRecord(limitNameSchema, count),
})

export const heldCellSchema = z.object({
  startMs: instantMs,
  /** What the holder may use in this window at most; it counts against the limit whole. */
  held: count,
  used: count,
  reserved: count,
  /** What had been asked of the holder when the window began: only what is asked since can be used in it. */
  askedBefore: count.default(0),
  /** How much more than it was granted its requests may come to. */
  debt: count.default(0),
})

/** What was asked of a holder in all. */
const askedSchema = z.object({ requests: count, tokens: count })

/** The newest voucher of one gateway. */
export const askerSchema = askedSchema.extend({ run: instantMs, atMs: instantMs })

/** Gateways whose vouchers are remembered, for one member on one machine. */
export const maxAskers = 64

/** One holder of a subject. */
export const holderRowSchema = z.object({
  incarnation: z.string().max(64),
  /** The newest report that was taken. */
  sequence: instantMs,
  /** The newest exchange that was answered. */
  answeredSequence: instantMs,
  seenMs: instantMs,
  /** What time it was by the clock that only runs on, when it was last heard: it shows whether ours was set since. */
  seenRealMs: instantMs.nullable().default(null),
  cells: z.partialRecord(limitNameSchema, heldCellSchema),
  share: leaseShareSchema.nullable(),
  /** What the holder may still go by until it has confirmed the newer share. */
  previousShare: leaseShareSchema.nullable(),
  /** A share that it kept in silence: it is counted for nobody, and no other one is given until it has run out. */
  lapsedShare: leaseShareSchema.nullable().default(null),
  /** Whether it is of another account than the subject: what it holds comes back when it falls silent. */
  isForeign: z.boolean().default(false),
  /** Whether only that counts which was asked of it, by vouchers. */
  isVouched: z.boolean().default(false),
  asked: askedSchema.default({ requests: 0, tokens: 0 }),
  askers: z.partialRecord(deviceIdSchema, askerSchema).default({}),
  /** Requests asked for before the present half hour and before the one before it, for requests at a time. */
  slotsAsked: z
    .object({ sinceMs: instantMs, before: count, earlier: count })
    .default({ sinceMs: 0, before: 0, earlier: 0 }),
})

const totalCellSchema = z.object({
  startMs: instantMs,
  endMs: instantMs,
  /** When the next window may begin, by time that has really passed (`real-clock.ts`). */
  dueMs: instantMs.default(0),
  /** Counts until the window ends and belongs to no holder: used by plan leases, or held by one that lost its records. */
  writtenOff: count,
  /** The part of `writtenOff` taken from receipts, until the device that counted before hands over its count. */
  guessed: count.default(0),
  wouldRefuse: count,
})

/** A plan lease that is under way: it counts until the processor says what was used, or its windows end. */
const carriedLeaseSchema = z.object({
  sequence: instantMs,
  processorDeviceId: deviceIdSchema,
  tokens: count,
  expiresAtMs: instantMs,
  starts: z.partialRecord(limitNameSchema, instantMs),
  /** Its machine could have said that it was used, and has not: it counts no more, until it does. */
  isBack: z.boolean().default(false),
})

/** Plan leases of one subject that may be under way. */
export const maxCarriedLeases = 512

/** What belongs to a subject and to no holder of it. */
export const grantorTotalSchema = z.object({
  cells: z.partialRecord(limitNameSchema, totalCellSchema),
  carried: z.array(carriedLeaseSchema),
  nextSequence: instantMs,
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
export type AskerRecord = z.infer<typeof askerSchema>
export type CarriedLease = z.infer<typeof carriedLeaseSchema>
export type GrantorTotal = z.infer<typeof grantorTotalSchema>
export type HandedLedger = z.infer<typeof handedLedgerSchema>
