import type { DeviceId } from '../../contract/ids.ts'
import type { LimitName, LimitState } from '../../contract/limits.ts'
import type { CarriedLease, GrantorTotal, HeldCell, HolderRow } from '../../protocol/messages/lease-ledger.ts'
import type {
  ExchangeCall,
  LeaseDecision,
  LeaseCell,
  LeaseNeed,
  LeaseWindow,
  RecallReply,
} from '../../protocol/messages/lease-messages.ts'
import { blankRow } from './blank-ledger.ts'
import { fitNeed, type Refusal, type Room } from '../fit.ts'
import { carriedOf, forgetCarried, settleCarried } from './carried-leases.ts'
import { amountOf, heldLimits, shapeOf, windowOf } from '../limit-names.ts'
import type { LimitTerms } from '../limiter.ts'
import { nextShare, shareFor } from '../shares.ts'
import { clockErrorMs, graceMs, slotLapseMs } from '../times.ts'

interface LedgerContext {
  readonly terms: LimitTerms
  readonly nowMs: number
}

/**
 * All that counts against the limits of one subject, kept by its grantor.
 *
 * What holders hold counts whole, used or idle, so whatever they do without asking, the sum stays
 * within the limit. Holders lower what they hold by themselves and say so; only an answer raises it.
 */
export class GrantorLedger {
  #limits: [name: LimitName, limit: number][] = []
  #context: LedgerContext | null = null

  constructor(
    private readonly selfDeviceId: DeviceId,
    readonly rows: Map<DeviceId, HolderRow>,
    readonly total: GrantorTotal,
  ) {}

  /** Moves on to the windows of now. A clock that went back takes the counts along instead of starting anew. */
  roll(terms: LimitTerms, nowMs: number): void {
    this.#context = { terms, nowMs }
    this.#limits = heldLimits(terms.limits)
    for (const name of Object.keys(this.total.cells) as LimitName[]) {
      if (terms.limits[name] === undefined) delete this.total.cells[name]
    }
    for (const [name] of this.#limits) this.#rollLimit(name)
    forgetCarried(this.total, nowMs)
  }

  #rollLimit(name: LimitName): void {
    const { terms, nowMs } = this.#now
    const window = windowOf(name, terms.timeZone, nowMs)
    const cell = this.total.cells[name]
    if (!cell || window.startMs > cell.startMs) {
      const { startMs, endMs } = window
      this.total.cells[name] = { startMs, endMs, gone: 0, guessed: 0, wouldRefuse: 0 }
    } else if (window.startMs < cell.startMs && nowMs < cell.startMs - graceMs) {
      for (const row of this.rows.values()) {
        const held = row.cells[name]
        if (held?.startMs === cell.startMs) held.startMs = window.startMs
      }
      for (const lease of this.total.carried) {
        if (lease.starts[name] === cell.startMs) lease.starts[name] = window.startMs
      }
      Object.assign(cell, { startMs: window.startMs, endMs: window.endMs })
    }
  }

  /** Takes what a holder says of itself. False for a message that a newer one has overtaken. */
  accept(deviceId: DeviceId, call: ExchangeCall): boolean {
    const known = this.rows.get(deviceId)
    if (known && known.memory !== call.memory) this.#writeOff(deviceId, known)
    const row = this.rows.get(deviceId) ?? this.#adopt(deviceId, call)
    if (call.sequence <= row.answeredSequence) return false
    this.#take(row, call.sequence, call.cells)
    row.answeredSequence = call.sequence
    row.seenMs = this.#now.nowMs
    if (row.share && call.shareNumber >= row.share.number) row.previousShare = null
    if (call.isLeaving) Object.assign(row, { share: null, previousShare: null })
    for (const { sequence, tokens } of call.carried) settleCarried(this.total, deviceId, sequence, tokens)
    return true
  }

  /** Takes what a holder said when it was asked to give back. */
  acceptRecall(deviceId: DeviceId, reply: RecallReply): void {
    const row = this.rows.get(deviceId) ?? this.#adopt(deviceId, reply)
    if (row.memory !== reply.memory) return
    this.#take(row, reply.sequence, reply.cells)
    row.seenMs = this.#now.nowMs
  }

  /** Whether a holder's windows are later than ours: its clock is ahead. */
  isAhead(cells: readonly LeaseCell[]): boolean {
    return cells.some(({ name, startMs }) => startMs > (this.total.cells[name]?.startMs ?? startMs))
  }

  /** Limits that keep some of the needs from being granted as things stand. */
  lacking(deviceId: DeviceId | null, needs: readonly LeaseNeed[]): LimitName[] {
    const rooms = this.#rooms(deviceId)
    return [...new Set(needs.flatMap((need) => fitNeed(rooms, need, true).lacking))]
  }

  /** Other holders that may have something idle of these limits. */
  recallable(deviceId: DeviceId | null, names: readonly LimitName[]): DeviceId[] {
    return [...this.rows.keys()].filter((other) => {
      const row = this.rows.get(other)
      return other !== deviceId && row && names.some((name) => this.#heldNow(row, name) > this.#cellOf(row, name).used)
    })
  }

  /** Grants what fits, and the rest of the holder's share where there is plenty. */
  grant(
    deviceId: DeviceId,
    needs: readonly LeaseNeed[],
    options: { readonly holderCount: number; readonly isLeaving: boolean; readonly isReachable: IsReachable },
  ): { answers: LeaseDecision[]; windows: LeaseWindow[] } {
    const row = this.#rowOf(deviceId)
    const rooms = this.#rooms(deviceId)
    const answers = needs.map((need) => this.#answer(rooms, need))
    // An older share has to be confirmed before it may be replaced by a smaller one again.
    if (!options.isLeaving && deviceId !== this.selfDeviceId && !row.previousShare) {
      const others = [...this.rows].filter(([other]) => other !== deviceId).map(([, other]) => other)
      const share = nextShare(row.share, others, this.#now, options.holderCount)
      if (share !== row.share) Object.assign(row, { share, previousShare: row.share })
    }
    const windows = rooms.map((room) => this.#raise(row, room, options))
    return { answers, windows }
  }

  #answer(rooms: readonly Room[], need: LeaseNeed): LeaseDecision {
    const isEnforced = this.#now.terms.limitMode === 'enforced'
    const fit = fitNeed(rooms, need, isEnforced)
    if (!isEnforced) for (const name of fit.lacking) this.#totalOf(name).wouldRefuse += 1
    if (fit.refusal) return fit.refusal
    for (const room of rooms) room.taken += amountOf(room.name, fit.tokens)
    return { tokens: fit.tokens }
  }

  /** Brings what a holder holds up to what it was granted. */
  #raise(row: HolderRow, room: Room, options: { isLeaving: boolean; isReachable: IsReachable }): LeaseWindow {
    const { name, limit } = room
    const cell = this.#cellOf(row, name)
    const busy = cell.used + cell.reserved + room.taken
    let held = Math.max(cell.held, busy)
    const topUp = options.isLeaving ? 0 : shareFor(row, name, this.#now.nowMs) - held
    // Idle parts are for times of plenty: at least as much again stays free for everybody.
    if (topUp > 0 && limit - room.others - held >= 2 * topUp) held += topUp
    const added = held - cell.held
    Object.assign(cell, { held, reserved: cell.reserved + room.taken })
    const { startMs, endMs, wouldRefuse } = this.#totalOf(name)
    const elsewhere = this.#usedBy(name, options.isReachable, row)
    return { name, limit, startMs, endMs, added, elsewhere, wouldRefuse }
  }

  /** Sets a plan lease aside for a processor; null with the limit that does not allow it. */
  carry(processorDeviceId: DeviceId, tokens: number, expiresAtMs: number): CarriedLease | Refusal {
    const fit = fitNeed(this.#rooms(null), { tokens, leastTokens: tokens }, this.#now.terms.limitMode === 'enforced')
    if (fit.refusal) return fit.refusal
    const starts = Object.fromEntries(this.#limits.map(([name]) => [name, this.#totalOf(name).startMs]))
    const lease = { sequence: this.total.nextSequence, processorDeviceId, tokens, expiresAtMs, starts }
    this.total.nextSequence += 1
    this.total.carried.push(lease)
    return lease
  }

  states(isReachable: IsReachable): LimitState[] {
    return this.#limits.map(([name, limit]) => {
      const { endMs, wouldRefuse } = this.#totalOf(name)
      const used = this.#usedBy(name, isReachable, null)
      const resetsAtMs = shapeOf(name).window === null ? null : endMs
      return { name, limit, used, left: Math.max(0, limit - used), resetsAtMs, wouldRefuse }
    })
  }

  /** Forgets holders of whom nothing counts any more; returns them. */
  forgetIdle(): DeviceId[] {
    const { nowMs } = this.#now
    const idle = [...this.rows].filter(([, row]) => {
      const shares = [row.share, row.previousShare]
      if (shares.some((share) => share !== null && share.untilMs > nowMs)) return false
      return this.#limits.every(([name]) => this.#heldNow(row, name) === 0)
    })
    return idle.map(([deviceId]) => {
      this.rows.delete(deviceId)
      return deviceId
    })
  }

  get #now(): LedgerContext {
    if (!this.#context) throw new Error('roll comes first')
    return this.#context
  }

  #totalOf(name: LimitName): NonNullable<GrantorTotal['cells'][LimitName]> {
    const cell = this.total.cells[name]
    if (!cell) throw new Error('roll makes a cell for every limit')
    return cell
  }

  #rowOf(deviceId: DeviceId): HolderRow {
    const row = this.rows.get(deviceId)
    if (!row) throw new Error('accept comes before grant')
    return row
  }

  /** What a row has in the current window. A window that has begun since starts with the holder's share. */
  #cellOf(row: HolderRow, name: LimitName): HeldCell {
    const { startMs } = this.#totalOf(name)
    const known = row.cells[name]
    if (known?.startMs === startMs) return known
    const isWindowed = shapeOf(name).window !== null
    const cell = { startMs, held: isWindowed ? shareFor(row, name, startMs) : 0, used: 0, reserved: 0 }
    row.cells[name] = cell
    return cell
  }

  #heldNow(row: HolderRow, name: LimitName): number {
    const { held } = this.#cellOf(row, name)
    const { nowMs } = this.#now
    if (shapeOf(name).window !== null || nowMs - row.seenMs <= slotLapseMs) return held
    // No answer runs for so long: what a silent holder had running has ended, only its share may be in use.
    return Math.min(held, shareFor(row, name, nowMs - slotLapseMs - clockErrorMs))
  }

  #rooms(deviceId: DeviceId | null): Room[] {
    const row = deviceId === null ? undefined : this.rows.get(deviceId)
    return this.#limits.map(([name, limit]) => {
      const cell = row && this.#cellOf(row, name)
      const others = this.#others(name, deviceId)
      return {
        name,
        limit,
        others,
        own: cell ? cell.used + cell.reserved : 0,
        taken: 0,
        endMs: this.#totalOf(name).endMs,
      }
    })
  }

  #others(name: LimitName, deviceId: DeviceId | null): number {
    let sum = this.#totalOf(name).gone + carriedOf(this.total, name, this.#now.nowMs)
    for (const [other, row] of this.rows) if (other !== deviceId) sum += this.#heldNow(row, name)
    return sum
  }

  /** What is used or reserved, as far as it is known; of holders that cannot be asked, all they hold. */
  #usedBy(name: LimitName, isReachable: IsReachable, except: HolderRow | null): number {
    let sum = this.#totalOf(name).gone + carriedOf(this.total, name, this.#now.nowMs)
    for (const [deviceId, row] of this.rows) {
      if (row === except) continue
      const { used, reserved } = this.#cellOf(row, name)
      sum += isReachable(deviceId) ? used + reserved : this.#heldNow(row, name)
    }
    return sum
  }

  #take(row: HolderRow, sequence: number, cells: readonly LeaseCell[]): void {
    if (sequence <= row.sequence) return
    row.sequence = sequence
    for (const { name, startMs, held, used, reserved } of cells) {
      const total = this.total.cells[name]
      if (total && startMs > total.startMs) this.#writeOffCell(row, name)
      if (total?.startMs !== startMs) continue
      const cell = this.#cellOf(row, name)
      // More than was granted can only be debt: answers that came out longer than was set aside.
      Object.assign(cell, { held: Math.max(Math.min(held, cell.held), used + reserved), used, reserved })
    }
  }

  /** A holder that is not known here tells what it holds: the grantor may be new, and the holder not. */
  #adopt(deviceId: DeviceId, call: Pick<ExchangeCall, 'memory' | 'cells'>): HolderRow {
    const row = blankRow(call.memory, this.#now.nowMs)
    for (const { name, startMs, held } of call.cells) {
      const limit = this.#now.terms.limits[name]
      if (limit === undefined || this.total.cells[name]?.startMs !== startMs) continue
      row.cells[name] = { startMs, held: Math.min(held, limit), used: 0, reserved: 0 }
    }
    this.rows.set(deviceId, row)
    return row
  }

  /** What a holder held when it lost its records counts as used; what it had running has ended with it. */
  #writeOff(deviceId: DeviceId, row: HolderRow): void {
    for (const [name] of this.#limits) if (shapeOf(name).window !== null) this.#writeOffCell(row, name)
    this.rows.delete(deviceId)
  }

  /** A holder whose clock ran ahead has dropped what it knew of this window: what it held counts as used. */
  #writeOffCell(row: HolderRow, name: LimitName): void {
    const cell = this.#cellOf(row, name)
    this.#totalOf(name).gone += cell.held
    Object.assign(cell, { held: 0, used: 0, reserved: 0 })
  }
}

/** Whether a holder can be asked now. */
export type IsReachable = (deviceId: DeviceId) => boolean
