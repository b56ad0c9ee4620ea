import type { DeviceId } from '../../contract/ids.ts'
import type { LimitName } from '../../contract/limits.ts'
import type { GrantorTotal, HeldCell, HolderRow } from '../../protocol/messages/lease-ledger.ts'
import type { Room } from '../fit.ts'
import { heldLimits, shapeOf, windowOf } from '../limit-names.ts'
import type { LimitTerms } from '../limiter.ts'
import { shareFor } from '../shares.ts'
import { clockErrorMs, graceMs, slotLapseMs } from '../times.ts'
import { carriedOf, forgetCarried } from './carried-leases.ts'
import { plusCounted } from './counted-sum.ts'

type TotalCell = NonNullable<GrantorTotal['cells'][LimitName]>

/** Whether a holder can be asked now. */
export type IsReachable = (deviceId: DeviceId) => boolean

/** The time of day here, which may be set, and the time that has really passed. */
export interface GrantorTime {
  readonly nowMs: number
  readonly realMs: number
}

interface Now extends GrantorTime {
  readonly terms: LimitTerms
}

/** What counts against the limits of one subject in the windows of now: of each holder, of none, and in all. */
export class LedgerCounts {
  #limits: [name: LimitName, limit: number][] = []
  #now: Now | null = null

  constructor(
    readonly rows: Map<DeviceId, HolderRow>,
    readonly total: GrantorTotal,
  ) {}

  /** Moves on to the windows of now. A clock that was set takes the counts along instead of starting anew. */
  roll(terms: LimitTerms, time: GrantorTime): void {
    this.#now = { terms, ...time }
    this.#limits = heldLimits(terms.limits)
    for (const name of Object.keys(this.total.cells) as LimitName[]) {
      if (terms.limits[name] === undefined) delete this.total.cells[name]
    }
    for (const [name] of this.#limits) this.#rollLimit(name)
    forgetCarried(this.total, time.nowMs)
  }

  /**
   * A window begins when the time of day says so, and the one before has really lasted as long as it should.
   *
   * Otherwise the clock was set: all that counts goes along into the window of its new time as used. Clocks that
   * go back and forth so begin nothing twice, and one that was years ahead locks nothing.
   */
  #rollLimit(name: LimitName): void {
    const { terms, nowMs, realMs } = this.now
    const { startMs, endMs } = windowOf(name, terms.timeZone, nowMs)
    const cell = this.total.cells[name]
    if (cell?.startMs === startMs) return
    // A small step back leaves the windows alone.
    if (cell && startMs < cell.startMs && nowMs >= cell.startMs - graceMs) return
    const dueMs = Math.min(realMs + endMs - nowMs, Number.MAX_SAFE_INTEGER)
    const fresh = { startMs, endMs, dueMs, writtenOff: 0, guessed: 0, wouldRefuse: 0 }
    if (!cell || (startMs > cell.startMs && realMs >= cell.dueMs - toleranceMs(cell))) {
      this.total.cells[name] = fresh
      return
    }
    const { wouldRefuse } = cell
    const writtenOff = plusCounted(0, this.#others(name, null))
    for (const row of this.rows.values()) delete row.cells[name]
    // What was to begin with the old window still does: the next one is due as long after it as before.
    this.total.cells[name] = { ...fresh, dueMs: Math.max(cell.dueMs, realMs), writtenOff, wouldRefuse }
  }

  get now(): Now {
    if (!this.#now) throw new Error('roll comes first')
    return this.#now
  }

  get limits(): readonly (readonly [name: LimitName, limit: number])[] {
    return this.#limits
  }

  totalOf(name: LimitName): TotalCell {
    const cell = this.total.cells[name]
    if (!cell) throw new Error('roll makes a cell for every limit')
    return cell
  }

  /** When the next window may begin, by the time of day. */
  nextMs(name: LimitName): number {
    const cell = this.totalOf(name)
    const { nowMs, realMs } = this.now
    const nextMs = nowMs + cell.dueMs - realMs
    if (shapeOf(name).window === null || nextMs < cell.endMs + toleranceMs(cell)) return cell.endMs
    return Math.min(nextMs, Number.MAX_SAFE_INTEGER)
  }

  /** What a holder has in the window of now. A window that has begun since starts with the holder's share. */
  cellOf(row: HolderRow, name: LimitName): HeldCell {
    const { startMs } = this.totalOf(name)
    const known = row.cells[name]
    if (known?.startMs === startMs) return known
    const isWindowed = shapeOf(name).window !== null
    const held = isWindowed ? this.#shareOf(row, name, startMs) : 0
    const cell = { startMs, held, used: 0, reserved: 0, askedBefore: askedOf(row, name), debt: 0 }
    row.cells[name] = cell
    return cell
  }

  /** Opens the windows of now for a holder, before anything new is heard of it: what was asked earlier is not of them. */
  open(row: HolderRow): void {
    for (const [name] of this.#limits) this.cellOf(row, name)
    this.#turnSlots(row)
  }

  /** Whether our clock was set since a holder was last heard: it still goes by the windows of before. */
  isBehind({ seenMs, seenRealMs }: HolderRow): boolean {
    if (seenRealMs === null) return false
    const { nowMs, realMs } = this.now
    const passedMs = realMs - seenRealMs
    return Math.abs(nowMs - seenMs - passedMs) > Math.max(graceMs, passedMs / 5_000)
  }

  /** What a holder starts with. One that is behind may begin two of its windows in one of ours. */
  #shareOf(row: HolderRow, name: LimitName, startMs: number): number {
    if (!this.isBehind(row)) return shareFor(row, name, startMs)
    const itsMs = row.seenMs + this.now.realMs - (row.seenRealMs ?? 0)
    return 2 * shareFor(row, name, itsMs)
  }

  heldNow(row: HolderRow, name: LimitName): number {
    const { held } = this.cellOf(row, name)
    const { nowMs } = this.now
    if (shapeOf(name).window !== null || nowMs - row.seenMs <= slotLapseMs) return held
    // No generation runs for so long: what a silent holder had running has ended, only its share may be in use.
    return Math.min(held, shareFor(row, name, nowMs - slotLapseMs - clockErrorMs))
  }

  /** The most of a limit that a holder may use in its window: what was asked of it, where it needs vouchers. */
  provenOf(row: HolderRow, name: LimitName): number {
    const { askedBefore } = this.cellOf(row, name)
    if (!row.isVouched) return Infinity
    if (shapeOf(name).window !== null) return Math.max(0, askedOf(row, name) - askedBefore)
    return Math.max(0, row.asked.requests - Math.max(row.slotsAsked.earlier, askedBefore))
  }

  /** What of a holder's report is believed: no more than was asked of it, and than it could hold. */
  believable(row: HolderRow, name: LimitName): number {
    const proven = this.provenOf(row, name)
    if (!row.isForeign || this.now.terms.limitMode !== 'enforced') return proven
    const { held, startMs, debt } = this.cellOf(row, name)
    const atMs = shapeOf(name).window === null ? this.now.nowMs : startMs
    const share = Math.max(shareFor(row, name, atMs), shareFor({ share: row.lapsedShare }, name, atMs))
    // A holder whose clock was ahead has used a share that is not of this window.
    return Math.min(proven, held + share + debt)
  }

  /** What a holder held counts as used from now on, as far as it can have been used. */
  writeOff(row: HolderRow, name: LimitName): void {
    const cell = this.cellOf(row, name)
    const used = Math.min(cell.held, this.provenOf(row, name))
    const total = this.totalOf(name)
    total.writtenOff = plusCounted(total.writtenOff, used)
    Object.assign(cell, { held: 0, used: 0, reserved: 0, askedBefore: plusCounted(cell.askedBefore, used) })
  }

  /** What each limit leaves to a holder; null is for a plan lease, which belongs to no holder. */
  rooms(deviceId: DeviceId | null): Room[] {
    const row = deviceId === null ? undefined : this.rows.get(deviceId)
    return this.#limits.map(([name, limit]) => {
      const cell = row && this.cellOf(row, name)
      const own = cell ? cell.used + cell.reserved : 0
      const others = this.#others(name, deviceId)
      return { name, limit, others, own, isBusy: this.#isBusy(name), taken: 0, endMs: this.totalOf(name).endMs }
    })
  }

  /** What is used or reserved, as far as it is known; of holders that cannot be asked, all they hold. */
  used(name: LimitName, isReachable: IsReachable, except: HolderRow | null): number {
    let sum = this.#heldByNone(name)
    for (const [deviceId, row] of this.rows) {
      if (row === except) continue
      const { used, reserved } = this.cellOf(row, name)
      sum += isReachable(deviceId) ? used + reserved : this.heldNow(row, name)
    }
    return sum
  }

  #others(name: LimitName, deviceId: DeviceId | null): number {
    let sum = this.#heldByNone(name)
    for (const [other, row] of this.rows) if (other !== deviceId) sum += this.heldNow(row, name)
    return sum
  }

  #isBusy(name: LimitName): boolean {
    const rows = [...this.rows.values()]
    return this.total.carried.length > 0 || rows.some((row) => this.cellOf(row, name).reserved > 0)
  }

  #heldByNone(name: LimitName): number {
    return this.totalOf(name).writtenOff + carriedOf(this.total, name, this.now.nowMs)
  }

  /** A slot is good for what was asked in this half hour and the one before: no generation runs for longer. */
  #turnSlots(row: HolderRow): void {
    const { realMs } = this.now
    const { sinceMs, before } = row.slotsAsked
    if (realMs - sinceMs < slotLapseMs) return
    const { requests } = row.asked
    const isOld = realMs - sinceMs >= 2 * slotLapseMs
    row.slotsAsked = { sinceMs: realMs, before: requests, earlier: isOld ? requests : before }
  }
}

function askedOf(row: HolderRow, name: LimitName): number {
  return shapeOf(name).unit === 'tokens' ? row.asked.tokens : row.asked.requests
}

/** How much sooner a window may end than it should: the two clocks drift apart a little. */
function toleranceMs({ startMs, endMs }: TotalCell): number {
  return Math.max(graceMs, (endMs - startMs) / 500)
}
