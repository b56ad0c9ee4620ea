import type { DeviceId } from '../../contract/ids.ts'
import type { LimitName } from '../../contract/limits.ts'
import type { CarriedLease, GrantorTotal } from '../../protocol/messages/lease-ledger.ts'
import { amountOf, shapeOf } from '../limit-names.ts'
import { slotLapseMs } from '../times.ts'
import { plusCounted } from './counted-sum.ts'

/**
 * Plan leases under way: they count whole, until the processor reports what was used or their windows end.
 *
 * One comes back when its processor is connected long after the request must have ended, and has not reported it.
 * A processor that cannot be asked may still have used it.
 */

/** What they take of one limit in its present window. */
export function carriedOf(total: GrantorTotal, name: LimitName, nowMs: number): number {
  const counted = total.carried.filter((lease) => counts(total, lease, name, nowMs))
  return counted.reduce((sum, { tokens }) => sum + amountOf(name, tokens), 0)
}

/** Takes what a processor reports that a lease was used for: never more than the lease, nor twice. */
export function settleCarried(total: GrantorTotal, deviceId: DeviceId, sequence: number, tokens: number): void {
  const lease = total.carried.find((one) => one.sequence === sequence && one.processorDeviceId === deviceId)
  if (!lease) return
  total.carried.splice(total.carried.indexOf(lease), 1)
  for (const [name, cell] of Object.entries(total.cells) as [LimitName, GrantorTotal['cells'][LimitName]][]) {
    const isOfWindow = shapeOf(name).window !== null && lease.starts[name] === cell?.startMs
    const used = Math.min(amountOf(name, tokens), amountOf(name, lease.tokens))
    if (cell && isOfWindow) cell.writtenOff = plusCounted(cell.writtenOff, used)
  }
}

/** Takes back those whose processor could have reported them by now. A late report still counts. */
export function takeBackCarried(
  total: GrantorTotal,
  nowMs: number,
  isReachable: (deviceId: DeviceId) => boolean,
): void {
  for (const lease of total.carried) {
    if (nowMs > lease.expiresAtMs + slotLapseMs && isReachable(lease.processorDeviceId)) lease.isBack = true
  }
}

/** Forgets those that count nowhere any more. */
export function forgetCarried(total: GrantorTotal, nowMs: number): void {
  const names = Object.keys(total.cells) as LimitName[]
  total.carried = total.carried.filter((lease) => names.some((name) => isOfNow(total, lease, name, nowMs)))
}

function counts(total: GrantorTotal, lease: CarriedLease, name: LimitName, nowMs: number): boolean {
  return !lease.isBack && isOfNow(total, lease, name, nowMs)
}

function isOfNow(total: GrantorTotal, lease: CarriedLease, name: LimitName, nowMs: number): boolean {
  if (lease.starts[name] !== total.cells[name]?.startMs) return false
  return shapeOf(name).window !== null || nowMs <= lease.expiresAtMs + slotLapseMs
}
