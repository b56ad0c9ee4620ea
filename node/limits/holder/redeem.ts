import type { Log } from '../../base/log.ts'
import type { DeviceId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { LimitSubject, LimitTerms, Reservation } from '../limiter.ts'
import type { PlanLease } from '../plan-lease.ts'
import type { Clock } from './held-budget.ts'
import type { HolderRecord } from './holder-records.ts'
import type { ReservationQueue } from './reservation-queue.ts'

/** Used leases that may wait to be reported to the coordinator. */
const maxCarried = 500
/** Sequence numbers that are kept one by one; older ones are refused without being looked up. */
const keptSequences = 500
/** Coordinators whose numbers are kept: the present one, its deputy, and those before. */
const keptGrantors = 4

interface Redeeming {
  readonly grantor: DeviceId
  readonly lease: PlanLease
  readonly subject: LimitSubject
  /** What the request needs. */
  readonly tokens: number
  readonly selfDeviceId: DeviceId
  readonly clock: Clock
  readonly terms: LimitTerms
  readonly queue: ReservationQueue
  readonly log: Log
}

/** Takes a plan lease for the request it came with. Each is good for one request, on one processor. */
export async function redeem(redeeming: Redeeming): Promise<Result<Reservation>> {
  const { lease, grantor, queue, log } = redeeming
  const { budget } = queue.holding
  budget.roll(redeeming.terms, redeeming.clock)
  const reason = faultOf(redeeming)
  if (reason) return fail('lease_invalid', { reason })
  const { record } = budget
  if (record.carried.length >= maxCarried) return fail('lease_invalid', { reason: 'too many wait to be counted' })
  if (!useOnce(record, grantor, lease.sequence)) return fail('lease_invalid', { reason: 'it was used before' })
  const entry = { sequence: lease.sequence, tokens: lease.tokens, isOpen: true }
  record.carried.push(entry)
  // On disk before the request runs: after a crash it must still be known as used.
  await queue.holding.keep()
  let isSettled = false
  return ok({
    tokens: lease.tokens,
    settle: ({ tokens }) => {
      if (isSettled) return
      isSettled = true
      Object.assign(entry, { tokens, isOpen: false })
      queue.reportSoon().catch((cause: unknown) => log.error({ cause }, 'a used lease could not be written down'))
    },
  })
}

/** Why a lease is not good for a request; null where it is. */
function faultOf({ lease, subject, tokens, selfDeviceId, clock, queue }: Redeeming): string | null {
  if (lease.poolId !== subject.poolId || lease.accountId !== subject.accountId) return 'it is for somebody else'
  if (lease.processorDeviceId !== selfDeviceId) return 'it is for another computer'
  // The coordinator's clock, as far as it is known: a lease also proves that it is no earlier than its making.
  const coordinatorMs = Math.max(clock.nowMs + queue.holding.budget.record.offsetMs, lease.issuedAtMs)
  if (coordinatorMs > lease.expiresAtMs) return 'it has expired'
  return tokens > lease.tokens ? 'it allows fewer tokens than the request needs' : null
}

/** Whether a plan lease is used for the first time; from then on it is known as used. */
function useOnce(record: HolderRecord, grantorDeviceId: DeviceId, sequence: number): boolean {
  const known = record.usedLeases.find((one) => one.grantorDeviceId === grantorDeviceId)
  const used = known ?? { grantorDeviceId, floor: 0, sequences: [] }
  if (sequence <= used.floor || used.sequences.includes(sequence)) return false
  const sequences = [...used.sequences, sequence].sort((one, other) => one - other)
  const dropped = sequences.splice(0, Math.max(0, sequences.length - keptSequences))
  const floor = Math.max(used.floor, ...dropped)
  const others = record.usedLeases.filter((one) => one !== known)
  record.usedLeases = [{ grantorDeviceId, floor, sequences }, ...others].slice(0, keptGrantors)
  return true
}
