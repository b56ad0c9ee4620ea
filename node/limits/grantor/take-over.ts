import { withDeadline } from '../../base/deadline.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { Result } from '../../contract/result.ts'
import type { HandedLedger } from '../../protocol/messages/lease-ledger.ts'
import { callBack, type CallBackOptions, type TakeRecall } from './call-back.ts'
import type { GrantorLedger } from './grantor-ledger.ts'
import { believable } from './believable-ledger.ts'
import { forgetAll, guess, inherit, withoutGuesses } from './hand-over.ts'
import { heldLimits, shapeOf, windowOf } from '../limit-names.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import { recallMs } from '../times.ts'
import type { Window } from '../windows.ts'

export interface TakeOverOptions extends CallBackOptions {
  readonly selfDeviceId: DeviceId
  /** Asks a device that counted before for what it has counted. */
  readonly handOver: (deviceId: DeviceId, subject: LimitSubject) => Promise<Result<HandedLedger>>
  /** What was used of a subject in a window, by receipts; null where there are none of it. */
  readonly usedIn: (subject: LimitSubject, window: Window) => Used | null
  /** Devices that may hold something of a subject. */
  readonly holders: (subject: LimitSubject) => readonly DeviceId[]
}

export interface Used {
  readonly requests: number
  readonly tokens: number
}

/**
 * Makes a new grantor go on where the one before it ended.
 *
 * The count moves whole. Where the device that has it cannot be asked (it may be lost, which is why the
 * home was moved), the new grantor goes by what holders in reach report and by receipts, and asks again
 * whenever that device is seen.
 */
export class TakeOver {
  constructor(private readonly options: TakeOverOptions) {}

  /** Returns holders that are forgotten; null where nothing was to be taken over. */
  async run(
    subject: LimitSubject,
    terms: LimitTerms,
    ledger: GrantorLedger,
    take: TakeRecall,
  ): Promise<readonly DeviceId[] | null> {
    const { selfDeviceId } = this.options
    const times = terms.before?.times ?? 0
    const isNew = ledger.total.tenure !== times
    const from = isNew ? (terms.before?.deviceId ?? null) : ledger.total.awaited
    if (from === null) return null
    const handed = from === selfDeviceId ? null : await this.#ask(from, subject)
    if (!handed && !isNew) return null
    let forgotten: readonly DeviceId[] = []
    if (handed) {
      // Whoever waits for this device has counted beside what lies here, and not after it.
      const isAwaited = handed.total.awaited === selfDeviceId
      const believed = believable(handed, { subject, terms, ledger, selfDeviceId, nowMs: this.options.nowMs() })
      if (isNew && !isAwaited) forgotten = forgetAll(ledger)
      inherit(ledger, isAwaited ? withoutGuesses(believed) : believed)
      ledger.total.awaited = isAwaited ? null : handed.total.awaited
    } else if (from !== selfDeviceId) {
      await this.#gather(subject, terms, ledger, take)
      ledger.total.awaited = from
    }
    ledger.total.tenure = times
    return forgotten
  }

  async #ask(deviceId: DeviceId, subject: LimitSubject): Promise<HandedLedger | null> {
    if (!this.options.isReachable(deviceId)) return null
    const reply = await withDeadline(this.options.handOver(deviceId, subject), recallMs)
    return reply.inTime && reply.value.ok ? reply.value.value : null
  }

  /** What can be known without the device that counted before. */
  async #gather(subject: LimitSubject, terms: LimitTerms, ledger: GrantorLedger, take: TakeRecall): Promise<void> {
    const { holders, nowMs, usedIn } = this.options
    await callBack(this.options, subject, ledger, holders(subject), take)
    for (const [name] of heldLimits(terms.limits)) {
      const { window, unit } = shapeOf(name)
      // Receipts are added up by the hour.
      if (window === null || window === 'minute' || unit === 'slots') continue
      const used = usedIn(subject, windowOf(name, terms.timeZone, nowMs()))
      if (used) guess(ledger, name, used[unit])
    }
  }
}
