import type { DeviceId } from '../../contract/ids.ts'
import type { LimitName } from '../../contract/limits.ts'
import type { CarriedLease, GrantorTotal } from '../../protocol/messages/lease-ledger.ts'
import { amountOf, shapeOf } from '../limit-names.ts'
import { slotLapseMs } from '../times.ts'

/** Plan leases under way: they count whole, until the processor reports what was used or their windows end. */

/** What they take of one limit in its present window. */
export function carriedOf(total: GrantorTotal, name: LimitName, nowMs: number): number {
  const counted = total.carried.filter((lease) => counts(total, lease, name, nowMs))
  return counted.reduce((sum, { tokens }) => sum + amountOf(name, tokens), 0)
}

/** Takes what a processor reports that a lease was used for. */
export function settleCarried(total: GrantorTotal, deviceId: DeviceId, sequence: number, tokens: number): void {
  const lease = total.carried.find((one) => one.sequence === sequence && one.processorDeviceId === deviceId)
  if (!lease) return
  total.carried.splice(total.carried.indexOf(lease), 1)
  for (const [name, cell] of Object.entries(total.cells) as [LimitName, GrantorTotal['cells'][LimitName]][]) {
    const isOfWindow = shapeOf(name).window !== null && lease.starts[name] === cell?.startMs
    if (cell && isOfWindow) cell.writtenOff += amountOf(name, tokens)
  }
}

/** Forgets those that count nowhere any more. */
export function forgetCarried(total: GrantorTotal, nowMs: number): void {
  const names = Object.keys(total.cells) as LimitName[]
  total.carried = total.carried.filter((lease) => names.some((name) => counts(total, lease, name, nowMs)))
}

function counts(total: GrantorTotal, lease: CarriedLease, name: LimitName, nowMs: number): boolean {
  if (lease.starts[name] !== total.cells[name]?.startMs) return false
  return shapeOf(name).window !== null || nowMs <= lease.expiresAtMs + slotLapseMs
}
