import { z } from 'zod'
import type { DeviceId } from '../contract/ids.ts'
import type { Bee } from '../state/bee.ts'
import { limitKeys, subjectText } from './limit-keys.ts'
import type { LimitSubject } from './limiter.ts'
import { signPlanVoucher, voucherLifetimeMs } from './voucher.ts'

export interface VoucherBookOptions {
  readonly selfDeviceId: DeviceId
  readonly deviceSecretKey: Uint8Array
  readonly bee: Bee
  readonly nowMs: () => number
}

/** More runs than one process begins. */
const runStep = 1_000_000

interface Sums {
  readonly run: number
  readonly sinceMs: number
  readonly requests: number
  readonly tokens: number
}

/** What this device has asked of machines for members and its word for it. Sums begin anew each day, with a higher run. */
export class VoucherBook {
  readonly #sums = new Map<string, Sums>()
  #run: number | null = null

  constructor(private readonly options: VoucherBookOptions) {}

  /** A new run: its number is higher than those before, whatever the clock says. */
  async open(): Promise<void> {
    const { bee, nowMs } = this.options
    const before = await bee.get(limitKeys.voucherRun, z.number().int().nonnegative())
    const run = Math.max(nowMs(), (before ?? 0) + runStep)
    await bee.update([[limitKeys.voucherRun, () => run]])
    this.#run = run
  }

  /** The word for one more request; undefined before the book is open. */
  sign(subject: LimitSubject, processorDeviceId: DeviceId, tokens: number): string | undefined {
    if (this.#run === null) return undefined
    const { selfDeviceId, deviceSecretKey, nowMs } = this.options
    const { poolId, accountId } = subject
    const name = `${subjectText(subject)}/${processorDeviceId}`
    const atMs = nowMs()
    const known = this.#sums.get(name)
    const isOfToday = known && Math.abs(atMs - known.sinceMs) < voucherLifetimeMs
    const before = isOfToday ? known : { run: ++this.#run, sinceMs: atMs, requests: 0, tokens: 0 }
    const sums = { ...before, requests: before.requests + 1, tokens: before.tokens + tokens }
    this.#sums.set(name, sums)
    const { run, requests } = sums
    const word = { askerDeviceId: selfDeviceId, poolId, accountId, processorDeviceId, run, atMs, requests }
    return signPlanVoucher({ ...word, tokens: sums.tokens }, deviceSecretKey)
  }
}
