import type { LimitSubject } from './limiter.ts'

/** Where limits are kept in the local bee. */
export const limitKeys = {
  /** What this device holds of a subject. */
  held: (subject: LimitSubject) => `v1/limit/held/${subjectText(subject)}`,
  /** The holders of a subject that this device counts; one record each. */
  rows: (subject: LimitSubject) => `v1/limit/row/${subjectText(subject)}/`,
  total: (subject: LimitSubject) => `v1/limit/total/${subjectText(subject)}`,
  /** How much time has really passed here, for windows. */
  clock: 'v1/limit/clock',
  /** The latest run in which this device signed vouchers. */
  voucherRun: 'v1/limit/voucher-run',
  allHeld: 'v1/limit/held/',
  allRows: 'v1/limit/row/',
  allTotals: 'v1/limit/total/',
} as const

export function subjectText({ kind, poolId, accountId, keyId }: LimitSubject): string {
  return `${kind}/${poolId}/${accountId}/${keyId ?? 'all'}`
}
