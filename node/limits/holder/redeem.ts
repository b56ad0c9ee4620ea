import type { Log } from '../../base/log.ts'
import type { DeviceId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { ReservationQueue } from './reservation-queue.ts'
import type { Clock } from './held-budget.ts'
import type { LimitSubject, LimitTerms, Reservation } from '../limiter.ts'
import type { PlanLease } from '../plan-lease.ts'
import { useOnce } from './used-leases.ts'

/** Used leases that may wait for the coordinator to hear of them. */
const maxCarried = 500

interface Redeeming {
  readonly grantor: DeviceId
  readonly lease: PlanLease
  readonly subject: LimitSubject
  /** What the question needs. */
  readonly tokens: number
  readonly selfDeviceId: DeviceId
  readonly clock: Clock
  readonly terms: LimitTerms
  readonly queue: ReservationQueue
  readonly log: Log
}

/** Takes a plan lease for the question it came with. Each is good for one question, on one processor. */
export async function redeem(redeeming: Redeeming): Promise<Result<Reservation>> {
  const { lease, grantor, queue, log } = redeeming
  queue.holding.budget.roll(redeeming.terms, redeeming.clock)
  const reason = whyNot(redeeming)
  if (reason) return fail('lease_invalid', { reason })
  const { record } = queue.holding.budget
  if (record.carried.length >= maxCarried) return fail('lease_invalid', { reason: 'too many wait to be counted' })
  if (!useOnce(record, grantor, lease.sequence)) return fail('lease_invalid', { reason: 'it was used before' })
  const entry = { sequence: lease.sequence, tokens: lease.tokens, isOpen: true }
  record.carried.push(entry)
  // On disk before the question runs: after a crash it must still be known as used.
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

function whyNot({ lease, subject, tokens, selfDeviceId, clock, queue }: Redeeming): string | null {
  if (lease.poolId !== subject.poolId || lease.accountId !== subject.accountId) return 'it is for somebody else'
  if (lease.processorDeviceId !== selfDeviceId) return 'it is for another computer'
  // The coordinator's clock, as far as it is known: a lease also proves that it is no earlier than its making.
  const coordinatorMs = Math.max(clock.nowMs + queue.holding.budget.record.offsetMs, lease.issuedAtMs)
  if (coordinatorMs > lease.expiresAtMs) return 'it has expired'
  return tokens > lease.tokens ? 'it allows fewer tokens than the question needs' : null
}
