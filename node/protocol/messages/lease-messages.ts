import { z } from 'zod'
import { accountIdSchema, deviceIdSchema, keyIdSchema, poolIdSchema } from '../../contract/ids.ts'
import { limitNameSchema, limitStateSchema } from '../../contract/limits.ts'
import { handedLedgerSchema, leaseShareSchema } from './lease-ledger.ts'

/**
 * What devices tell each other about limits: `leaseQuota`. How they use it is docs/decisions/0090.
 *
 * Every number is a whole one between bounds: those of the other side count against somebody's limit.
 */

const amount = z.number().int().min(0).max(4_000_000_000_000)
/** Within what a calendar can tell. */
const instantMs = z.number().int().min(0).max(8_000_000_000_000_000)
const endMs = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const sequence = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
/** Tokens of one request: no prompt that the wire takes and no generation comes to more. */
const tokens = z.number().int().min(0).max(10_000_000)

/** Requests that one exchange may ask for. */
export const maxNeeds = 64

export const leaseSubjectSchema = z.strictObject({
  kind: z.enum(['key', 'member']),
  poolId: poolIdSchema,
  accountId: accountIdSchema,
  keyId: keyIdSchema.nullable(),
})

/** What a holder has of one limit, in the window that began at `startMs`. */
export const leaseCellSchema = z.object({
  name: limitNameSchema,
  startMs: instantMs,
  /** What it may use in all: used, reserved and idle. */
  held: amount,
  used: amount,
  reserved: amount,
})

const needSchema = z.object({
  tokens,
  leastTokens: tokens,
  /** Enough where nothing else of the subject is under way; absent is no less than `leastTokens`. */
  leastAloneTokens: tokens.optional(),
})
/** Plan leases that were used at a processor, with what was really used. */
const carriedSchema = z.object({ sequence, tokens })

const cells = z.array(leaseCellSchema).max(16)

/** What a gateway has asked of a machine for a member so far: a signed record, packed and in base64url. */
export const planVoucherSchema = z.string().max(1_000)

export const leaseQuotaCallSchema = z.discriminatedUnion('type', [
  /** Holder to grantor: this is what I have and used, this is what I need. */
  z.strictObject({
    type: z.literal('exchange'),
    subject: leaseSubjectSchema,
    /** Another one than before says that the holder has lost its records. */
    incarnation: z.string().regex(/^[0-9a-f]{32}$/),
    sequence,
    /** The newest share this holder knows of. */
    shareNumber: sequence,
    cells,
    needs: z.array(needSchema).max(maxNeeds),
    carried: z.array(carriedSchema).max(maxNeeds),
    /** The newest word of each gateway that has asked for this member here; none for keys. */
    vouchers: z.array(planVoucherSchema).max(maxNeeds),
    /** The holder stops: it keeps no share. */
    isLeaving: z.boolean(),
  }),
  /** Grantor to holder: give back what is idle. Exchanges up to this one were answered. */
  z.strictObject({
    type: z.literal('recall'),
    subject: leaseSubjectSchema,
    answeredSequence: sequence,
    /** The grantor's clock, which decides the windows. */
    nowMs: instantMs,
  }),
  /** Gateway to grantor: a lease for a processor that cannot ask itself. */
  z.strictObject({
    type: z.literal('carry'),
    subject: leaseSubjectSchema,
    processorDeviceId: deviceIdSchema,
    tokens,
  }),
  /** A device of the account to grantor: how do the limits stand? Changes nothing. */
  z.strictObject({ type: z.literal('look'), subject: leaseSubjectSchema }),
  /** The new grantor to one before it: give me what you have counted. */
  z.strictObject({ type: z.literal('handOver'), subject: leaseSubjectSchema }),
])

/** How one limit stands at the grantor, and what the holder got in addition. */
export const leaseWindowSchema = z.object({
  name: limitNameSchema,
  limit: amount,
  startMs: instantMs,
  endMs,
  /** What the holder holds of it now, the grants of this reply included. */
  held: amount,
  added: amount,
  /** When the next window may begin with the share: later than `endMs` where the grantor's clock was set. */
  nextMs: endMs,
  /** Used and reserved by others. */
  elsewhere: amount,
  wouldRefuse: amount,
})

const decisionSchema = z.union([
  z.object({ tokens }),
  z.object({ refused: limitNameSchema, left: amount, needed: amount }),
  /** Nobody who speaks for the member has asked for so much: there is no voucher for it. */
  z.object({ isUnasked: z.literal(true) }),
])

/** A plan lease as it travels: the signed record, packed and in base64url. */
export const planLeaseTextSchema = z.string().max(2_000)

export const leaseQuotaReplySchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('exchange'),
    nowMs: instantMs,
    windows: z.array(leaseWindowSchema).max(16),
    /** One for each need, in order; none where the holder's windows were ahead and it has to ask again. */
    answers: z.array(decisionSchema).max(maxNeeds),
    share: leaseShareSchema.nullable(),
  }),
  z.object({
    type: z.literal('recall'),
    incarnation: z.string().max(64),
    sequence,
    cells,
    vouchers: z.array(planVoucherSchema).max(maxNeeds),
  }),
  z.object({ type: z.literal('carry'), lease: planLeaseTextSchema }),
  z.object({ type: z.literal('look'), nowMs: instantMs, states: z.array(limitStateSchema).max(16) }),
  z.object({ type: z.literal('handOver'), ledger: handedLedgerSchema }),
])

export type LeaseCell = z.infer<typeof leaseCellSchema>
export type LeaseWindow = z.infer<typeof leaseWindowSchema>
export type LeaseNeed = z.infer<typeof needSchema>
export type LeaseDecision = z.infer<typeof decisionSchema>
export type LeaseQuotaCall = z.infer<typeof leaseQuotaCallSchema>
export type LeaseQuotaReply = z.infer<typeof leaseQuotaReplySchema>
export type ExchangeCall = Extract<LeaseQuotaCall, { type: 'exchange' }>
export type ExchangeReply = Extract<LeaseQuotaReply, { type: 'exchange' }>
export type LookReply = Extract<LeaseQuotaReply, { type: 'look' }>
export type RecallReply = Extract<LeaseQuotaReply, { type: 'recall' }>
