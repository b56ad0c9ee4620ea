import type { HolderTrust } from '../../access/limits.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { LimitName, LimitState } from '../../contract/limits.ts'
import {
  maxCarriedLeases,
  type CarriedLease,
  type GrantorTotal,
  type HolderRow,
} from '../../protocol/messages/lease-ledger.ts'
import type {
  ExchangeCall,
  LeaseCell,
  LeaseDecision,
  LeaseNeed,
  LeaseWindow,
  RecallReply,
} from '../../protocol/messages/lease-messages.ts'
import { takeVoucher } from '../askers.ts'
import { fitNeed, type Refusal, type Room } from '../fit.ts'
import { amountOf, shapeOf } from '../limit-names.ts'
import type { LimitTerms } from '../limiter.ts'
import { nextShare, shareFor } from '../shares.ts'
import type { PlanVoucher } from '../voucher.ts'
import { settleCarried, takeBackCarried } from './carried-leases.ts'
import { plusCounted } from './counted-sum.ts'
import { LedgerCounts, type GrantorTime, type IsReachable } from './ledger-counts.ts'

/** How a holder is believed in this exchange, and what else decides about its grants. */
export interface HolderTerms {
  readonly trust: HolderTrust
  /** Parties that a limit is shared out among, and the one this holder is of. */
  readonly parties: number
  readonly partyOf: (deviceId: DeviceId) => string
  /** What was asked of the holder, by those who speak for the member. */
  readonly vouchers: readonly PlanVoucher[]
}

type Report = Pick<ExchangeCall, 'incarnation' | 'sequence' | 'cells'>

/**
 * All that counts against the limits of one subject, kept by its grantor.
 *
 * What holders hold counts whole, used or idle, so whatever they do without asking, the sum stays
 * within the limit. Holders lower what they hold by themselves and report it; only a grant raises it.
 * A holder of another account is believed no more than it was asked for and was granted.
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
  roll(terms: LimitTerms, time: GrantorTime): void {
    this.#counts.roll(terms, time)
  }

  /** Whether a device has held something here, or has a plan lease to report. */
  knows(deviceId: DeviceId): boolean {
    return this.rows.has(deviceId) || this.total.carried.some((lease) => lease.processorDeviceId === deviceId)
  }

  /** Takes a holder's report. False for one that a newer one has overtaken. */
  accept(deviceId: DeviceId, call: ExchangeCall, terms: HolderTerms): boolean {
    const known = this.rows.get(deviceId)
    if (known && known.incarnation !== call.incarnation) this.#forgetRecords(deviceId, known, call.incarnation)
    if (call.sequence <= (this.rows.get(deviceId)?.answeredSequence ?? 0)) return false
    const row = this.#report(deviceId, call, terms)
    row.answeredSequence = call.sequence
    if (row.share && call.shareNumber >= row.share.number) row.previousShare = null
    if (call.isLeaving) Object.assign(row, { share: null, previousShare: null })
    for (const { sequence, tokens } of call.carried) settleCarried(this.total, deviceId, sequence, tokens)
    return true
  }

  /** Takes what a holder has left after it gave back what was idle: whatever it says, nothing idle is left. */
  acceptRecall(deviceId: DeviceId, reply: RecallReply, terms: HolderTerms): void {
    const known = this.rows.get(deviceId)
    if (known && (known.incarnation !== reply.incarnation || reply.sequence <= known.sequence)) return
    const row = this.#report(deviceId, reply, terms)
    for (const { name } of reply.cells) if (this.total.cells[name]) this.#keepBusy(row, name)
  }

  /**
   * Takes back what a silent holder of another account has idle, and its share.
   *
   * It may have used some of it, or still do so: then that counts once it says so, up to what it held.
   */
  lapse(deviceId: DeviceId): void {
    const row = this.rows.get(deviceId)
    if (!row?.isForeign) return
    const { nowMs } = this.#counts.now
    const lapsed = [row.share, row.previousShare, row.lapsedShare].filter((share) => share && share.untilMs > nowMs)
    const [lapsedShare = null] = lapsed
    Object.assign(row, { share: null, previousShare: null, lapsedShare })
    for (const [name] of this.#counts.limits) this.#keepBusy(row, name)
  }

  /** Plan leases that were not used come back. */
  takeBackLeases(isReachable: IsReachable): void {
    takeBackCarried(this.total, this.#counts.now.nowMs, isReachable)
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
    options: HolderTerms & { readonly isLeaving: boolean; readonly isReachable: IsReachable },
  ): { answers: LeaseDecision[]; windows: LeaseWindow[] } {
    const row = this.rows.get(deviceId)
    if (!row) throw new Error('accept comes before grant')
    const rooms = this.#counts.rooms(deviceId)
    const answers = needs.map((need) => this.#decide(row, rooms, need, options.trust))
    const mayShare = options.trust !== 'none' && !options.isLeaving && deviceId !== this.selfDeviceId
    if (mayShare) this.#renewShare(deviceId, row, options)
    const windows = rooms.map((room) => this.#raise(row, room, options))
    return { answers, windows }
  }

  #decide(row: HolderRow, rooms: readonly Room[], need: LeaseNeed, trust: HolderTrust): LeaseDecision {
    const isEnforced = this.#counts.now.terms.limitMode === 'enforced'
    const fit = fitNeed(rooms, need, isEnforced)
    const isAsked = rooms.every(
      ({ name, own, taken }) => own + taken + amountOf(name, fit.tokens) <= this.#counts.provenOf(row, name),
    )
    if (trust === 'none' || !isAsked) return { isUnasked: true }
    if (!isEnforced) for (const name of fit.lacking) this.#counts.totalOf(name).wouldRefuse += 1
    if (fit.refusal) return fit.refusal
    for (const room of rooms) {
      room.taken += amountOf(room.name, fit.tokens)
      // It may have been let in with less than it asked for, and then costs what it would have set aside.
      const cell = this.#counts.cellOf(row, room.name)
      cell.debt = plusCounted(cell.debt, amountOf(room.name, need.tokens) - amountOf(room.name, fit.tokens))
    }
    return { tokens: fit.tokens }
  }

  #renewShare(deviceId: DeviceId, row: HolderRow, { parties, partyOf }: HolderTerms): void {
    const { nowMs } = this.#counts.now
    if (row.lapsedShare && row.lapsedShare.untilMs > nowMs) return
    // An older share has to be confirmed before it may be replaced by a smaller one again.
    if (row.previousShare) return
    const others = [...this.rows].filter(([other]) => other !== deviceId)
    const ofParty = others.filter(([other]) => partyOf(other) === partyOf(deviceId))
    const rowsOf = (some: typeof others): HolderRow[] => some.map(([, other]) => other)
    const share = nextShare(row.share, { all: rowsOf(others), ofParty: rowsOf(ofParty) }, this.#counts.now, parties)
    if (share !== row.share) Object.assign(row, { share, previousShare: row.share })
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
    const nextMs = this.#counts.nextMs(name)
    return { name, limit, startMs, endMs, held, added, nextMs, elsewhere, wouldRefuse }
  }

  /** Sets a plan lease aside for a processor, or says which limit does not allow it; null where too many are under way. */
  carry(processorDeviceId: DeviceId, tokens: number, expiresAtMs: number): CarriedLease | Refusal | null {
    const { limits, now } = this.#counts
    const need = { tokens, leastTokens: tokens }
    const fit = fitNeed(this.#counts.rooms(null), need, now.terms.limitMode === 'enforced')
    if (fit.refusal) return fit.refusal
    if (this.total.carried.length >= maxCarriedLeases) return null
    const starts = Object.fromEntries(limits.map(([name]) => [name, this.#counts.totalOf(name).startMs]))
    const sequence = this.total.nextSequence
    const lease = { sequence, processorDeviceId, tokens, expiresAtMs, starts, isBack: false }
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
      // What was asked of it is remembered, or old vouchers would count again.
      if (row.isForeign) return false
      const shares = [row.share, row.previousShare]
      if (shares.some((share) => share !== null && share.untilMs > now.nowMs)) return false
      return limits.every(([name]) => this.#counts.heldNow(row, name) === 0)
    })
    return idle.map(([deviceId]) => {
      this.rows.delete(deviceId)
      return deviceId
    })
  }

  #hear(row: HolderRow, voucher: PlanVoucher): void {
    const added = takeVoucher(row.askers, voucher, this.#counts.now.nowMs)
    if (!added) return
    const { requests, tokens } = row.asked
    row.asked = { requests: plusCounted(requests, added.requests), tokens: plusCounted(tokens, added.tokens) }
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
      // Of a holder of our own account, more than was granted can only be debt: generations that came out longer.
      const busy = Math.min(used + reserved, this.#counts.believable(row, name))
      const usedNow = Math.min(used, busy)
      Object.assign(cell, { held: Math.max(Math.min(held, cell.held), busy), used: usedNow, reserved: busy - usedNow })
    }
  }

  #writeOffAll(row: HolderRow): void {
    for (const [name] of this.#counts.limits) if (shapeOf(name).window !== null) this.#counts.writeOff(row, name)
  }

  #keepBusy(row: HolderRow, name: LimitName): void {
    const cell = this.#counts.cellOf(row, name)
    cell.held = Math.min(cell.held, cell.used + cell.reserved)
  }

  /** Takes what a holder says of itself, and what others have asked of it. */
  #report(deviceId: DeviceId, report: Report, { trust, parties, vouchers }: HolderTerms): HolderRow {
    const known = this.rows.get(deviceId)
    const row = known ?? blankRow(report.incarnation, this.#counts.now)
    this.rows.set(deviceId, row)
    const isForeign = trust !== 'own'
    Object.assign(row, { isForeign, isVouched: isForeign && trust !== 'gateway' })
    this.#counts.open(row)
    // It may have used its share in windows that our clock has left.
    if (this.#counts.isBehind(row)) this.#writeOffAll(row)
    for (const voucher of vouchers) this.#hear(row, voucher)
    if (!known) this.#adopt(row, report.cells, isForeign ? parties : null)
    this.#take(row, report.sequence, report.cells)
    const { nowMs, realMs } = this.#counts.now
    Object.assign(row, { seenMs: nowMs, seenRealMs: realMs })
    return row
  }

  /**
   * Takes in a holder that is not known here, with what it holds: the grantor may be new, and the holder not.
   *
   * One of another account can have had no more than its share, or what was asked of it. `parties` is null for the own.
   */
  #adopt(row: HolderRow, cells: readonly LeaseCell[], parties: number | null): void {
    const { limits } = this.#counts.now.terms
    for (const { name, startMs, held } of cells) {
      const limit = limits[name]
      if (limit === undefined || this.total.cells[name]?.startMs !== startMs) continue
      const most =
        parties === null ? limit : Math.max(Math.floor(limit / (parties + 1)), this.#counts.provenOf(row, name))
      this.#counts.cellOf(row, name).held = Math.min(held, most, limit)
    }
  }

  /** A holder has lost its records: what it held counts as used, and what it had running has ended with it. */
  #forgetRecords(deviceId: DeviceId, known: HolderRow, incarnation: string): void {
    this.#counts.open(known)
    this.#writeOffAll(known)
    if (!known.isForeign) {
      this.rows.delete(deviceId)
      return
    }
    const { cells, asked, askers, slotsAsked, isForeign, isVouched } = known
    const lapsedShare = known.share ?? known.previousShare ?? known.lapsedShare
    delete cells.concurrentRequests
    const kept = { cells, asked, askers, slotsAsked, isForeign, isVouched, lapsedShare }
    this.rows.set(deviceId, { ...blankRow(incarnation, this.#counts.now), ...kept })
  }
}

/** A holder of whom nothing is known yet. */
export function blankRow(incarnation: string, { nowMs, realMs }: GrantorTime): HolderRow {
  return {
    incarnation,
    sequence: 0,
    answeredSequence: 0,
    seenMs: nowMs,
    seenRealMs: realMs,
    cells: {},
    share: null,
    previousShare: null,
    lapsedShare: null,
    isForeign: false,
    isVouched: false,
    asked: { requests: 0, tokens: 0 },
    askers: {},
    slotsAsked: { sinceMs: realMs, before: 0, earlier: 0 },
  }
}

/** Sequence numbers of plan leases begin at the time, so that a lost record never makes one twice. */
export function blankTotal(nowMs: number): GrantorTotal {
  return { cells: {}, carried: [], nextSequence: nowMs, tenure: 0, awaited: null }
}
