import type { LimitName, LimitState } from '../../contract/limits.ts'
import type { ExchangeReply, LeaseCell, LeaseNeed, LeaseWindow } from '../../protocol/messages/lease-messages.ts'
import { fitNeed, type Fit, type Room } from '../fit.ts'
import type { HolderCell, HolderRecord } from './holder-records.ts'
import { amountOf, heldLimits, shapeOf, windowOf } from '../limit-names.ts'
import type { LimitTerms } from '../limiter.ts'
import { shareFor } from '../shares.ts'
import { graceMs, slotUseMs } from '../times.ts'
import { Vouchers } from './vouchers.ts'

const longestWindowMs = 32 * 86_400_000

/** The time of day, which may be set, and a clock that only runs on. */
export interface Clock {
  readonly nowMs: number
  readonly elapsedMs: number
}

/** What one request has taken, and from which windows. */
export interface Taken {
  readonly tokens: number
  readonly cells: readonly (readonly [name: LimitName, cell: HolderCell])[]
}

/** What one device holds of the limits of one subject. Requests take from it; only the grantor fills it. */
export class HeldBudget {
  #limits: [name: LimitName, limit: number][] = []
  #timeZone = 'UTC'
  #nowMs = 0
  /** When the grantor last replied in this run, by a clock that nobody sets. */
  #contactElapsedMs: number | null = null
  /** Something has changed that was not reported to the grantor. */
  isDirty = false
  readonly vouchers: Vouchers

  constructor(readonly record: HolderRecord) {
    this.vouchers = new Vouchers(record)
  }

  /** Moves on to the windows of now, by the grantor's clock as far as it is known. */
  roll(terms: LimitTerms, { nowMs: localNowMs, elapsedMs }: Clock): void {
    this.#limits = heldLimits(terms.limits)
    this.#timeZone = terms.timeZone
    this.#nowMs = Math.max(0, Math.round(localNowMs + this.record.offsetMs))
    for (const name of Object.keys(this.record.cells) as LimitName[]) {
      if (terms.limits[name] === undefined) delete this.record.cells[name]
    }
    for (const [name] of this.#limits) {
      const window = windowOf(name, terms.timeZone, this.#nowMs)
      const cell = this.record.cells[name]
      // A clock that went back stays in the later window, until a reply of the grantor sets it.
      if (!cell || window.startMs > cell.startMs) this.#begin(name, window.startMs, window.endMs)
    }
    this.#dropOldSlots(elapsedMs)
  }

  /** Takes what a request needs; null where it does not fit. */
  take(need: LeaseNeed): Taken | null {
    const fit = fitNeed(this.#rooms(), need, true)
    return fit.refusal ? null : this.takeAnyway(fit.tokens)
  }

  /** How a request would fit. */
  fit(need: LeaseNeed): Fit {
    return fitNeed(this.#rooms(), need, true)
  }

  /** Takes it whether or not it fits, because the grantor granted it or nothing is enforced. */
  takeAnyway(tokens: number): Taken {
    const cells = this.#limits.map(([name]) => {
      const cell = this.#cell(name)
      cell.reserved += amountOf(name, tokens)
      return [name, cell] as const
    })
    this.isDirty = true
    return { tokens, cells }
  }

  /** Ends what a request had taken. Windows that are over no longer care. */
  settle(taken: Taken, used: { readonly tokens: number; readonly requests: number }): void {
    for (const [name, cell] of taken.cells) {
      cell.reserved -= amountOf(name, taken.tokens)
      const { unit } = shapeOf(name)
      if (unit === 'tokens') cell.used += used.tokens
      if (unit === 'requests') cell.used += used.requests
    }
    this.isDirty = true
  }

  noteWouldRefuse(names: readonly LimitName[]): void {
    for (const name of names) this.#cell(name).wouldRefuse += 1
  }

  /** Whether something is idle that is not part of the share. */
  get hasIdle(): boolean {
    return this.#limits.some(([name]) => this.#cell(name).held > this.#kept(name))
  }

  /** Gives up what is idle: all of it, or all but the share. */
  giveBack(what: 'all' | 'beyondShare'): void {
    for (const [name] of this.#limits) {
      const cell = this.#cell(name)
      cell.held =
        what === 'all' ? Math.min(cell.held, cell.used + cell.reserved) : Math.min(cell.held, this.#kept(name))
    }
  }

  /** A report for the grantor, under the next sequence number. */
  report(): { sequence: number; cells: LeaseCell[] } {
    this.record.sequence += 1
    const cells = this.#limits.map(([name]) => {
      const { startMs, held, used, reserved } = this.#cell(name)
      return { name, startMs, held: Math.max(held, used + reserved), used, reserved }
    })
    return { sequence: this.record.sequence, cells }
  }

  /** Whether our clock may have been set since the last reply: the grantor should be asked before a window begins. */
  isInDoubt({ nowMs, elapsedMs }: Clock): boolean {
    if (this.#contactElapsedMs === null) return this.record.share !== null
    const byDayMs = nowMs + this.record.offsetMs - this.record.contactMs
    return Math.abs(byDayMs - (elapsedMs - this.#contactElapsedMs)) > graceMs
  }

  /** Learns how far our clock is from the grantor's. */
  setClock(grantorMs: number, localMs: number): void {
    this.record.offsetMs = grantorMs - localMs
  }

  /** Takes in a reply of the grantor. */
  apply(reply: ExchangeReply, { elapsedMs }: Clock): void {
    this.#contactElapsedMs = elapsedMs
    this.record.contactMs = reply.nowMs
    this.#nowMs = reply.nowMs
    for (const window of reply.windows)
      if (this.#limits.some(([name]) => name === window.name)) this.#applyWindow(window)
    this.record.share = reply.share
  }

  #applyWindow({ name, startMs, endMs, held, added, nextMs, elsewhere, wouldRefuse }: LeaseWindow): void {
    const known = this.record.cells[name]
    const isNew = !known || startMs > known.startMs
    if (isNew) this.#begin(name, startMs, endMs)
    const cell = this.#cell(name)
    // Our clock was ahead: what was used counts in the grantor's window, and what is idle was of another one.
    if (startMs < cell.startMs) cell.held = Math.min(cell.held, cell.used + cell.reserved)
    const isBehind = startMs < cell.startMs
    const most = isBehind ? cell.held + added : held
    Object.assign(cell, {
      startMs,
      endMs,
      held: isNew ? held : Math.min(cell.held + added, most),
      elsewhere,
      wouldRefuse,
    })
    this.record.shareStarts[name] = this.#noShareUntil(name, nextMs)
  }

  /** The latest start of a window that begins without the share. Years by which a clock was ahead are forgiven. */
  #noShareUntil(name: LimitName, nextMs: number): number {
    const known = this.record.shareStarts[name] ?? 0
    const before = nextMs - 1
    return known > nextMs + longestWindowMs ? before : Math.max(known, before)
  }

  states({ limits, timeZone }: LimitTerms, localNowMs: number): LimitState[] {
    const nowMs = localNowMs + this.record.offsetMs
    return heldLimits(limits).map(([name, limit]) => {
      const isWindowed = shapeOf(name).window !== null
      const known = this.record.cells[name]
      const cell = known && nowMs < known.endMs ? known : null
      const used = cell ? cell.used + cell.reserved + cell.elsewhere : 0
      const resetsAtMs = isWindowed ? (cell?.endMs ?? windowOf(name, timeZone, nowMs).endMs) : null
      return { name, limit, used, left: Math.max(0, limit - used), resetsAtMs, wouldRefuse: cell?.wouldRefuse ?? 0 }
    })
  }

  /** When the window of a limit ends, by our own clock. */
  endsAtMs(name: LimitName): number {
    return this.#cell(name).endMs - this.record.offsetMs
  }

  /** Whether any window still runs, or a share may still be used. */
  isOver(nowMs: number): boolean {
    const grantorMs = nowMs + this.record.offsetMs
    const hasShare = this.record.share !== null && this.record.share.untilMs > grantorMs
    const windows = Object.entries(this.record.cells).filter(([name]) => name !== 'concurrentRequests')
    return !hasShare && windows.every(([, cell]) => cell.endMs <= grantorMs)
  }

  #cell(name: LimitName): HolderCell {
    const cell = this.record.cells[name]
    if (!cell) throw new Error('roll makes a cell for every limit')
    return cell
  }

  #rooms(): Room[] {
    return this.#limits.map(([name]) => {
      const { held, used, reserved, endMs } = this.#cell(name)
      return { name, limit: held, others: 0, own: used + reserved, isBusy: true, taken: 0, endMs }
    })
  }

  /** A window begins with the share, once. */
  #begin(name: LimitName, startMs: number, endMs: number): void {
    let held = 0
    if (shapeOf(name).window !== null && startMs > (this.record.shareStarts[name] ?? -1)) {
      held = this.#share(name, startMs)
      if (held > 0) this.record.shareStarts[name] = startMs
    }
    const before = this.record.cells[name]
    const reserved = shapeOf(name).window === null ? (before?.reserved ?? 0) : 0
    this.record.cells[name] = { startMs, endMs, held, used: 0, reserved, elsewhere: 0, wouldRefuse: 0 }
  }

  #share(name: LimitName, startMs: number): number {
    const { share } = this.record
    return share?.timeZone === this.#timeZone ? shareFor({ share }, name, startMs) : 0
  }

  /** What is kept when all else is given back. */
  #kept(name: LimitName): number {
    const cell = this.#cell(name)
    const share = this.#share(name, shapeOf(name).window === null ? this.#nowMs : cell.startMs)
    return Math.max(cell.used + cell.reserved, share)
  }

  /** Slots beyond the share are good while the grantor replies: it gives them to others after a time. */
  #dropOldSlots(elapsedMs: number): void {
    const cell = this.record.cells.concurrentRequests
    const silentMs = this.#nowMs - this.record.contactMs
    const isFresh = this.#contactElapsedMs !== null && elapsedMs - this.#contactElapsedMs <= slotUseMs
    // Both clocks have to agree: the one may be set, the other stands still while the computer sleeps.
    if (!cell || (isFresh && silentMs >= -graceMs && silentMs <= slotUseMs)) return
    cell.held = Math.min(cell.held, this.#kept('concurrentRequests'))
  }
}
