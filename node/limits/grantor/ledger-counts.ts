import type { DeviceId } from '../../contract/ids.ts'
import type { LimitName } from '../../contract/limits.ts'
import type { GrantorTotal, HeldCell, HolderRow } from '../../protocol/messages/lease-ledger.ts'
import type { Room } from '../fit.ts'
import { heldLimits, shapeOf, windowOf } from '../limit-names.ts'
import type { LimitTerms } from '../limiter.ts'
import { shareFor } from '../shares.ts'
import { clockErrorMs, graceMs, slotLapseMs } from '../times.ts'
import { carriedOf, forgetCarried } from './carried-leases.ts'

type TotalCell = NonNullable<GrantorTotal['cells'][LimitName]>

/** Whether a holder can be asked now. */
export type IsReachable = (deviceId: DeviceId) => boolean

/** What counts against the limits of one subject in the windows of now: of each holder, of none, and in all. */
export class LedgerCounts {
  #limits: [name: LimitName, limit: number][] = []
  #now: { readonly terms: LimitTerms; readonly nowMs: number } | null = null

  constructor(
    readonly rows: Map<DeviceId, HolderRow>,
    readonly total: GrantorTotal,
  ) {}

  /** Moves on to the windows of now. A clock that went back takes the counts along instead of starting anew. */
  roll(terms: LimitTerms, nowMs: number): void {
    this.#now = { terms, nowMs }
    this.#limits = heldLimits(terms.limits)
    for (const name of Object.keys(this.total.cells) as LimitName[]) {
      if (terms.limits[name] === undefined) delete this.total.cells[name]
    }
    for (const [name] of this.#limits) this.#rollLimit(name)
    forgetCarried(this.total, nowMs)
  }

  #rollLimit(name: LimitName): void {
    const { terms, nowMs } = this.now
    const { startMs, endMs } = windowOf(name, terms.timeZone, nowMs)
    const cell = this.total.cells[name]
    if (!cell || startMs > cell.startMs) {
      this.total.cells[name] = { startMs, endMs, writtenOff: 0, guessed: 0, wouldRefuse: 0 }
    } else if (startMs < cell.startMs && nowMs < cell.startMs - graceMs) {
      for (const row of this.rows.values()) {
        const held = row.cells[name]
        if (held?.startMs === cell.startMs) held.startMs = startMs
      }
      for (const lease of this.total.carried) {
        if (lease.starts[name] === cell.startMs) lease.starts[name] = startMs
      }
      Object.assign(cell, { startMs, endMs })
    }
  }

  get now(): { readonly terms: LimitTerms; readonly nowMs: number } {
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

  /** What a holder has in the window of now. A window that has begun since starts with the holder's share. */
  cellOf(row: HolderRow, name: LimitName): HeldCell {
    const { startMs } = this.totalOf(name)
    const known = row.cells[name]
    if (known?.startMs === startMs) return known
    const isWindowed = shapeOf(name).window !== null
    const cell = { startMs, held: isWindowed ? shareFor(row, name, startMs) : 0, used: 0, reserved: 0 }
    row.cells[name] = cell
    return cell
  }

  heldNow(row: HolderRow, name: LimitName): number {
    const { held } = this.cellOf(row, name)
    const { nowMs } = this.now
    if (shapeOf(name).window !== null || nowMs - row.seenMs <= slotLapseMs) return held
    // No generation runs for so long: what a silent holder had running has ended, only its share may be in use.
    return Math.min(held, shareFor(row, name, nowMs - slotLapseMs - clockErrorMs))
  }

  /** What a holder held counts as used from now on. */
  writeOff(row: HolderRow, name: LimitName): void {
    const cell = this.cellOf(row, name)
    this.totalOf(name).writtenOff += cell.held
    Object.assign(cell, { held: 0, used: 0, reserved: 0 })
  }

  /** What each limit leaves to a holder; null is for a plan lease, which belongs to no holder. */
  rooms(deviceId: DeviceId | null): Room[] {
    const row = deviceId === null ? undefined : this.rows.get(deviceId)
    return this.#limits.map(([name, limit]) => {
      const cell = row && this.cellOf(row, name)
      const own = cell ? cell.used + cell.reserved : 0
      return { name, limit, others: this.#others(name, deviceId), own, taken: 0, endMs: this.totalOf(name).endMs }
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

  #heldByNone(name: LimitName): number {
    return this.totalOf(name).writtenOff + carriedOf(this.total, name, this.now.nowMs)
  }
}
