import { z } from 'zod'
import { deviceIdSchema } from '../../contract/ids.ts'
import { limitNameSchema } from '../../contract/limits.ts'
import { askerSchema, leaseShareSchema } from '../../protocol/messages/lease-ledger.ts'
import { planVoucherSchema } from '../../protocol/messages/lease-messages.ts'

/** What a holder keeps in the local bee. Written before a request runs, and before anything is given back. */

const count = z.number().int().nonnegative()

const cellSchema = z.object({
  startMs: count,
  endMs: count,
  /** What this holder may use in the window: used, reserved and idle. Less than `used` is a debt. */
  held: count,
  used: count,
  reserved: count,
  /** The grantor's latest figures of the others, and of refusals that shadow let through. */
  elsewhere: count,
  wouldRefuse: count,
})

/** Plan leases of one coordinator that were used here: each is good once. */
const usedLeasesSchema = z.object({
  grantorDeviceId: deviceIdSchema,
  /** Sequence numbers up to this one are refused without being looked up. */
  floor: count,
  sequences: z.array(count),
})

/** The newest voucher of one gateway, and whether the grantor has seen it. */
const voucherSchema = askerSchema.extend({ text: planVoucherSchema, isShown: z.boolean() })

export const holderRecordSchema = z.object({
  /** Drawn anew where there are no records: what was held before counts as used then. */
  incarnation: z.string().max(64),
  sequence: count,
  share: leaseShareSchema.nullable(),
  cells: z.partialRecord(limitNameSchema, cellSchema),
  /** The latest window in which the share was taken up, so that no clock takes it up twice. */
  shareStarts: z.partialRecord(limitNameSchema, count),
  /** Added to our clock, it is the grantor's. */
  offsetMs: z.number(),
  /** When the grantor last replied, by its clock. */
  contactMs: count,
  usedLeases: z.array(usedLeasesSchema),
  /** What plan leases were used for, until it is reported to the coordinator. */
  carried: z.array(z.object({ sequence: count, tokens: count, isOpen: z.boolean() })),
  /** What members' gateways have asked of this device. */
  vouchers: z.partialRecord(deviceIdSchema, voucherSchema).default({}),
  /** What of it was not taken yet by a request. */
  credit: z.object({ requests: count, tokens: count }).default({ requests: 0, tokens: 0 }),
})

export type HolderCell = z.infer<typeof cellSchema>
export type KeptVoucher = z.infer<typeof voucherSchema>
export type HolderRecord = z.infer<typeof holderRecordSchema>

export function emptyHolderRecord(incarnation: string): HolderRecord {
  return {
    incarnation,
    sequence: 0,
    share: null,
    cells: {},
    shareStarts: {},
    offsetMs: 0,
    contactMs: 0,
    usedLeases: [],
    carried: [],
    vouchers: {},
    credit: { requests: 0, tokens: 0 },
  }
}

/** More than the reports that may have been sent since a record was last written. */
const sequenceStep = 1_000_000

/** A record as it stands after a restart: what ran has ended, and what it had reserved counts as used. */
export function afterRestart(record: HolderRecord): HolderRecord {
  const cells = Object.entries(record.cells).map(([name, cell]) => {
    const used = name === 'concurrentRequests' ? 0 : cell.used + cell.reserved
    return [name, { ...cell, used, reserved: 0 }]
  })
  return {
    ...record,
    sequence: record.sequence + sequenceStep,
    cells: Object.fromEntries(cells) as HolderRecord['cells'],
    carried: record.carried.map((lease) => ({ ...lease, isOpen: false })),
  }
}
