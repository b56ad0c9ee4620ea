import type { DeviceId } from '../../contract/ids.ts'
import type { LimitName, LimitState } from '../../contract/limits.ts'
import type { CarriedLease, GrantorTotal, HolderRow } from '../../protocol/messages/lease-ledger.ts'
import type {
  ExchangeCall,
  LeaseCell,
  LeaseDecision,
  LeaseNeed,
  LeaseWindow,
  RecallReply,
} from '../../protocol/messages/lease-messages.ts'
import { fitNeed, type Refusal, type Room } from '../fit.ts'
import { amountOf, shapeOf } from '../limit-names.ts'
import type { LimitTerms } from '../limiter.ts'
import { nextShare, shareFor } from '../shares.ts'
import { settleCarried } from './carried-leases.ts'
import { LedgerCounts, type IsReachable } from './ledger-counts.ts'

/**
 * All that counts against the limits of one subject, kept by its grantor.
 *
 * What holders hold counts whole, used or idle, so whatever they do without asking, the sum stays
 * within the limit. Holders lower what they hold by themselves and report it; only a grant raises it.
 */
export class GrantorLedger {
  readonly #counts: LedgerCounts

  constructor(
    private readonly selfDeviceId: DeviceId,
    readonly rows: Map<DeviceId, HolderRow>,
    readonly total: GrantorTotal,
  ) {
    this.#counts = new LedgerCounts(rows, total)
  }

  /** Moves on to the windows of now. */
  roll(terms: LimitTerms, nowMs: number): void {
    this.#counts.roll(terms, nowMs)
  }

  /** Takes a holder's report. False for one that a newer one has overtaken. */
  accept(deviceId: DeviceId, call: ExchangeCall): boolean {
    const known = this.rows.get(deviceId)
    if (known && known.incarnation !== call.incarnation) this.#writeOff(deviceId, known)
    const row = this.rows.get(deviceId) ?? this.#adopt(deviceId, call)
    if (call.sequence <= row.answeredSequence) return false
    this.#take(row, call.sequence, call.cells)
    row.answeredSequence = call.sequence
    row.seenMs = this.#counts.now.nowMs
    if (row.share && call.shareNumber >= row.share.number) row.previousShare = null
    if (call.isLeaving) Object.assign(row, { share: null, previousShare: null })
    for (const { sequence, tokens } of call.carried) settleCarried(this.total, deviceId, sequence, tokens)
    return true
  }

  /** Takes what a holder has left after it gave back what was idle. */
  acceptRecall(deviceId: DeviceId, reply: RecallReply): void {
    const row = this.rows.get(deviceId) ?? this.#adopt(deviceId, reply)
    if (row.incarnation !== reply.incarnation) return
    this.#take(row, reply.sequence, reply.cells)
    row.seenMs = this.#counts.now.nowMs
  }

  /** Whether a holder's windows are later than ours: its clock is ahead. */
  isAhead(cells: readonly LeaseCell[]): boolean {
    return cells.some(({ name, startMs }) => startMs > (this.total.cells[name]?.startMs ?? startMs))
  }

  /** Limits that keep some of the needs from being granted as things stand. */
  lacking(deviceId: DeviceId | null, needs: readonly LeaseNeed[]): LimitName[] {
    const rooms = this.#counts.rooms(deviceId)
    return [...new Set(needs.flatMap((need) => fitNeed(rooms, need, true).lacking))]
  }

  /** Other holders that may have something idle of these limits. */
  recallable(deviceId: DeviceId | null, names: readonly LimitName[]): DeviceId[] {
    const counts = this.#counts
    const hasIdle = (row: HolderRow): boolean =>
      names.some((name) => counts.heldNow(row, name) > counts.cellOf(row, name).used)
    return [...this.rows].filter(([other, row]) => other !== deviceId && hasIdle(row)).map(([other]) => other)
  }

  /** Grants what fits, and the rest of the holder's share where there is plenty. */
  grant(
    deviceId: DeviceId,
    needs: readonly LeaseNeed[],
    options: { readonly holderCount: number; readonly isLeaving: boolean; readonly isReachable: IsReachable },
  ): { answers: LeaseDecision[]; windows: LeaseWindow[] } {
    const row = this.rows.get(deviceId)
    if (!row) throw new Error('accept comes before grant')
    const rooms = this.#counts.rooms(deviceId)
    const answers = needs.map((need) => this.#decide(rooms, need))
    // An older share has to be confirmed before it may be replaced by a smaller one again.
    if (!options.isLeaving && deviceId !== this.selfDeviceId && !row.previousShare) {
      const others = [...this.rows].filter(([other]) => other !== deviceId).map(([, other]) => other)
      const share = nextShare(row.share, others, this.#counts.now, options.holderCount)
      if (share !== row.share) Object.assign(row, { share, previousShare: row.share })
    }
    const windows = rooms.map((room) => this.#raise(row, room, options))
    return { answers, windows }
  }

  #decide(rooms: readonly Room[], need: LeaseNeed): LeaseDecision {
    const isEnforced = this.#counts.now.terms.limitMode === 'enforced'
    const fit = fitNeed(rooms, need, isEnforced)
    if (!isEnforced) for (const name of fit.lacking) this.#counts.totalOf(name).wouldRefuse += 1
    if (fit.refusal) return fit.refusal
    for (const room of rooms) room.taken += amountOf(room.name, fit.tokens)
    return { tokens: fit.tokens }
  }

  /** Brings what a holder holds up to what it was granted. */
  #raise(row: HolderRow, room: Room, options: { isLeaving: boolean; isReachable: IsReachable }): LeaseWindow {
    const { name, limit } = room
    const cell = this.#counts.cellOf(row, name)
    const busy = cell.used + cell.reserved + room.taken
    let held = Math.max(cell.held, busy)
    const topUp = options.isLeaving ? 0 : shareFor(row, name, this.#counts.now.nowMs) - held
    // Idle parts are for times of plenty: at least as much again stays free for everybody.
    if (topUp > 0 && limit - room.others - held >= 2 * topUp) held += topUp
    const added = held - cell.held
    Object.assign(cell, { held, reserved: cell.reserved + room.taken })
    const { startMs, endMs, wouldRefuse } = this.#counts.totalOf(name)
    const elsewhere = this.#counts.used(name, options.isReachable, row)
    return { name, limit, startMs, endMs, added, elsewhere, wouldRefuse }
  }

  /** Sets a plan lease aside for a processor, or says which limit does not allow it. */
  carry(processorDeviceId: DeviceId, tokens: number, expiresAtMs: number): CarriedLease | Refusal {
    const { limits, now } = this.#counts
    const need = { tokens, leastTokens: tokens }
    const fit = fitNeed(this.#counts.rooms(null), need, now.terms.limitMode === 'enforced')
    if (fit.refusal) return fit.refusal
    const starts = Object.fromEntries(limits.map(([name]) => [name, this.#counts.totalOf(name).startMs]))
    const lease = { sequence: this.total.nextSequence, processorDeviceId, tokens, expiresAtMs, starts }
    this.total.nextSequence += 1
    this.total.carried.push(lease)
    return lease
  }

  states(isReachable: IsReachable): LimitState[] {
    return this.#counts.limits.map(([name, limit]) => {
      const { endMs, wouldRefuse } = this.#counts.totalOf(name)
      const used = this.#counts.used(name, isReachable, null)
      const resetsAtMs = shapeOf(name).window === null ? null : endMs
      return { name, limit, used, left: Math.max(0, limit - used), resetsAtMs, wouldRefuse }
    })
  }

  /** Forgets holders of whom nothing counts any more; returns them. */
  forgetIdle(): DeviceId[] {
    const { limits, now } = this.#counts
    const idle = [...this.rows].filter(([, row]) => {
      const shares = [row.share, row.previousShare]
      if (shares.some((share) => share !== null && share.untilMs > now.nowMs)) return false
      return limits.every(([name]) => this.#counts.heldNow(row, name) === 0)
    })
    return idle.map(([deviceId]) => {
      this.rows.delete(deviceId)
      return deviceId
    })
  }

  #take(row: HolderRow, sequence: number, cells: readonly LeaseCell[]): void {
    if (sequence <= row.sequence) return
    row.sequence = sequence
    for (const { name, startMs, held, used, reserved } of cells) {
      const total = this.total.cells[name]
      // A holder whose clock is ahead has dropped what it knew of this window.
      if (total && startMs > total.startMs) this.#counts.writeOff(row, name)
      if (total?.startMs !== startMs) continue
      const cell = this.#counts.cellOf(row, name)
      // More than was granted can only be debt: generations that came out longer than was set aside.
      Object.assign(cell, { held: Math.max(Math.min(held, cell.held), used + reserved), used, reserved })
    }
  }

  /** Takes in a holder that is not known here, with what it holds: the grantor may be new, and the holder not. */
  #adopt(deviceId: DeviceId, call: Pick<ExchangeCall, 'incarnation' | 'cells'>): HolderRow {
    const { now } = this.#counts
    const row = blankRow(call.incarnation, now.nowMs)
    for (const { name, startMs, held } of call.cells) {
      const limit = now.terms.limits[name]
      if (limit === undefined || this.total.cells[name]?.startMs !== startMs) continue
      row.cells[name] = { startMs, held: Math.min(held, limit), used: 0, reserved: 0 }
    }
    this.rows.set(deviceId, row)
    return row
  }

  /** A holder has lost its records: what it held counts as used, and what it had running has ended with it. */
  #writeOff(deviceId: DeviceId, row: HolderRow): void {
    for (const [name] of this.#counts.limits) if (shapeOf(name).window !== null) this.#counts.writeOff(row, name)
    this.rows.delete(deviceId)
  }
}

/** A holder of whom nothing is known yet. */
export function blankRow(incarnation: string, seenMs: number): HolderRow {
  return { incarnation, sequence: 0, answeredSequence: 0, seenMs, cells: {}, share: null, previousShare: null }
}

/** Sequence numbers of plan leases begin at the time, so that a lost record never makes one twice. */
export function blankTotal(nowMs: number): GrantorTotal {
  return { cells: {}, carried: [], nextSequence: nowMs, tenure: 0, awaited: null }
}
