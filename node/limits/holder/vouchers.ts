import type { DeviceId } from '../../contract/ids.ts'
import { maxNeeds } from '../../protocol/messages/lease-messages.ts'
import { takeVoucher } from '../askers.ts'
import type { LimitSubject } from '../limiter.ts'
import { openPlanVoucher } from '../voucher.ts'
import type { HolderRecord, KeptVoucher } from './holder-records.ts'

/** By whom a request of a member was sent here, and that device's word for it. */
export interface AskedBy {
  readonly deviceId: DeviceId
  /** Absent where the gateway knows of no limits, or is of an older version. */
  readonly voucher?: string | undefined
}

/** Far above every limit, and sums of it are still exact. */
const most = 1_000_000_000_000_000

/** What members have asked of this device, as it has to show to whoever counts their plans. */
export class Vouchers {
  constructor(private readonly record: HolderRecord) {}

  /** Takes the word for a request, and the request from what was asked; false where it does not cover it. */
  cover(
    { deviceId, voucher: text }: AskedBy,
    subject: LimitSubject,
    {
      selfDeviceId,
      nowMs,
      tokens,
    }: { readonly selfDeviceId: DeviceId; readonly nowMs: number; readonly tokens: number },
  ): boolean {
    const voucher = text === undefined ? null : openPlanVoucher(text, subject, selfDeviceId, nowMs)
    if (!text || voucher?.askerDeviceId !== deviceId) return false
    const { vouchers, credit } = this.record
    const known = vouchers[deviceId]
    const askers = { ...vouchers }
    const added = takeVoucher(askers, voucher, nowMs)
    const asked = askers[deviceId]
    if (!added || !asked) return false
    const isNewer = added.requests > 0 || added.tokens > 0 || !known
    const kept = { text: isNewer ? text : known.text, isShown: isNewer ? false : known.isShown }
    this.record.vouchers = { ...askers, [deviceId]: { ...asked, ...kept } }
    const left = {
      requests: Math.min(most, credit.requests + added.requests),
      tokens: Math.min(most, credit.tokens + added.tokens),
    }
    const isCovered = left.requests >= 1 && left.tokens >= tokens
    this.record.credit = isCovered ? { requests: left.requests - 1, tokens: left.tokens - tokens } : left
    return isCovered
  }

  /** Those that the grantor has not seen. */
  unshown(): string[] {
    return this.#texts(({ isShown }) => !isShown)
  }

  all(): string[] {
    return this.#texts(() => true)
  }

  shown(texts: readonly string[]): void {
    for (const voucher of this.#known()) if (texts.includes(voucher.text)) voucher.isShown = true
  }

  /** Shows all of them once more: another device may count now. False where that was done already. */
  showAgain(): boolean {
    const known = this.#known()
    if (known.every(({ isShown }) => !isShown)) return false
    for (const voucher of known) voucher.isShown = false
    return true
  }

  #texts(isWanted: (voucher: KeptVoucher) => boolean): string[] {
    const wanted = this.#known().filter(isWanted)
    return wanted.map(({ text }) => text).slice(0, maxNeeds)
  }

  #known(): KeptVoucher[] {
    return Object.values(this.record.vouchers).filter((voucher) => voucher !== undefined)
  }
}
