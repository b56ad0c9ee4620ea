import type { LimitName } from '../contract/limits.ts'
import type { LeaseShare } from '../protocol/messages/lease-ledger.ts'
import { heldLimits } from './limit-names.ts'
import type { LimitTerms } from './limiter.ts'
import { shareLifetimeMs } from './times.ts'

/**
 * The share of a holder: what it may use in each window while the grantor is out of reach.
 *
 * The grantor counts it as held in each window, so all shares together stay within the limit.
 */
interface Sharing {
  readonly share: LeaseShare | null
  readonly previousShare?: LeaseShare | null
}

/** What of a limit is a holder's share in a window that begins then. */
export function shareFor({ share, previousShare }: Sharing, name: LimitName, startMs: number): number {
  const amounts = [share, previousShare].map((one) => (one && one.untilMs > startMs ? (one.amounts[name] ?? 0) : 0))
  return Math.max(...amounts)
}

/**
 * The share a holder should have now: the one it has, unless limits or parties have changed or it runs out soon.
 *
 * Of `limit` it is `limit / (parties + 1)`, for all devices of one party together.
 */
export function nextShare(
  current: LeaseShare | null,
  others: { readonly all: readonly Sharing[]; readonly ofParty: readonly Sharing[] },
  { terms, nowMs }: { readonly terms: LimitTerms; readonly nowMs: number },
  parties: number,
): LeaseShare | null {
  const amounts: LeaseShare['amounts'] = {}
  for (const [name, limit] of heldLimits(terms.limits)) {
    const given = (some: readonly Sharing[]): number => some.reduce((sum, one) => sum + shareFor(one, name, nowMs), 0)
    const ofParty = Math.floor(limit / (parties + 1)) - given(others.ofParty)
    amounts[name] = Math.max(0, Math.min(ofParty, limit - given(others.all)))
  }
  const isGood =
    current !== null &&
    current.untilMs - nowMs > shareLifetimeMs / 2 &&
    current.timeZone === terms.timeZone &&
    heldLimits(terms.limits).every(([name]) => current.amounts[name] === amounts[name])
  if (isGood) return current
  const number = (current?.number ?? 0) + 1
  return { number, untilMs: nowMs + shareLifetimeMs, timeZone: terms.timeZone, amounts }
}
