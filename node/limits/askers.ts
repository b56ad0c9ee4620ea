import type { DeviceId } from '../contract/ids.ts'
import { maxAskers, type AskerRecord } from '../protocol/messages/lease-ledger.ts'
import { voucherLifetimeMs, type PlanVoucher } from './voucher.ts'

/** What was asked by one voucher beyond the ones before it. */
export interface Asked {
  readonly requests: number
  readonly tokens: number
}

/**
 * Takes a voucher in: what it adds to the ones that its gateway has signed before; null where it is none of them.
 *
 * A gateway is forgotten once none of its vouchers can be taken any more: until then an old one would count again.
 */
export function takeVoucher(
  askers: Partial<Record<DeviceId, AskerRecord>>,
  voucher: PlanVoucher,
  nowMs: number,
): Asked | null {
  const { askerDeviceId, run, atMs, requests, tokens } = voucher
  const known = askers[askerDeviceId]
  if (!known && !hasRoom(askers, nowMs)) return null
  if (known && run < known.run) return null
  const before = known?.run === run ? known : { requests: 0, tokens: 0 }
  const added = { requests: Math.max(0, requests - before.requests), tokens: Math.max(0, tokens - before.tokens) }
  askers[askerDeviceId] = {
    run,
    atMs: Math.max(atMs, known?.atMs ?? 0),
    requests: before.requests + added.requests,
    tokens: before.tokens + added.tokens,
  }
  return added
}

function hasRoom(askers: Partial<Record<DeviceId, AskerRecord>>, nowMs: number): boolean {
  const known = Object.entries(askers) as [DeviceId, AskerRecord][]
  if (known.length < maxAskers) return true
  const old = known.filter(([, { atMs }]) => nowMs - atMs > 2 * voucherLifetimeMs)
  for (const [deviceId] of old) delete askers[deviceId]
  return old.length > 0
}
