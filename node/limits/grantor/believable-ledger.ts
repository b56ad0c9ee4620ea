import type { DeviceId } from '../../contract/ids.ts'
import type { LimitName } from '../../contract/limits.ts'
import {
  maxCarriedLeases,
  type GrantorTotal,
  type HandedLedger,
  type HolderRow,
  type LeaseShare,
} from '../../protocol/messages/lease-ledger.ts'
import { heldLimits } from '../limit-names.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import { shareLifetimeMs } from '../times.ts'

interface Believing {
  readonly subject: LimitSubject
  readonly terms: LimitTerms
  /** Ours, in the windows of now. */
  readonly ledger: { readonly total: GrantorTotal }
  readonly selfDeviceId: DeviceId
  readonly nowMs: number
}

/**
 * What can be true of a ledger that another device hands over.
 *
 * It counts in the windows of now or in earlier ones, so that it can lock nothing for longer; no count is above its
 * limit; and of holders it says what they hold, not how far they are believed.
 */
export function believable(handed: HandedLedger, believing: Believing): HandedLedger {
  const { subject, terms, ledger, selfDeviceId, nowMs } = believing
  const limits = heldLimits(terms.limits)
  const startOf = (name: LimitName, startMs: number): number =>
    Math.min(startMs, ledger.total.cells[name]?.startMs ?? startMs)

  const cells: GrantorTotal['cells'] = {}
  for (const [name, limit] of limits) {
    const theirs = handed.total.cells[name]
    const ours = ledger.total.cells[name]
    if (!theirs || !ours || theirs.startMs < ours.startMs) continue
    const writtenOff = Math.min(theirs.writtenOff, limit)
    const guessed = Math.min(theirs.guessed, writtenOff)
    cells[name] = { ...ours, writtenOff, guessed, wouldRefuse: theirs.wouldRefuse }
  }
  const share = (one: LeaseShare | null): LeaseShare | null => {
    if (!one) return null
    const amounts = limits.map(([name, limit]) => [name, Math.min(one.amounts[name] ?? 0, limit)] as const)
    const untilMs = Math.min(one.untilMs, nowMs + shareLifetimeMs)
    return { ...one, untilMs, amounts: Object.fromEntries(amounts) }
  }
  const row = (deviceId: DeviceId, theirs: HolderRow): HolderRow => {
    const held: HolderRow['cells'] = {}
    for (const [name, limit] of limits) {
      const cell = theirs.cells[name]
      if (!cell) continue
      const used = Math.min(cell.used, limit)
      const reserved = Math.min(cell.reserved, limit - used)
      const most = Math.min(Math.max(cell.held, used + reserved), limit)
      held[name] = { ...cell, startMs: startOf(name, cell.startMs), held: most, used, reserved }
    }
    // Each is told anew by the holder's next report; until then a stranger to the subject is one.
    const isForeign = subject.kind === 'member' && deviceId !== selfDeviceId
    const shares = { share: share(theirs.share), previousShare: share(theirs.previousShare) }
    const seenMs = Math.min(theirs.seenMs, nowMs)
    return {
      ...theirs,
      ...shares,
      lapsedShare: share(theirs.lapsedShare),
      cells: held,
      seenMs,
      seenRealMs: null,
      isForeign,
    }
  }
  const carried = handed.total.carried.slice(0, maxCarriedLeases)
  return {
    total: { ...handed.total, cells, carried },
    rows: handed.rows.map(([deviceId, theirs]) => [deviceId, row(deviceId, theirs)]),
  }
}
