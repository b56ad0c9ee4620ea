import { z } from 'zod'
import type { PoolId } from '../contract/ids.ts'
import type { UsageDirection, UsageTotals } from '../contract/usage.ts'
import { hourMs } from './usage-keys.ts'

/** What cells are grouped by. A total over all is the sum over any of these that has all cells. */
export const cubeSides = ['key', 'model', 'account', 'machine'] as const
export type CubeSide = (typeof cubeSides)[number]

/** Hours are kept this long, enough for two months in any time zone; before that there are only UTC days. */
export const hoursKeptDays = 62
const dayHours = 24

const cellSchema = z.tuple([z.number(), z.number(), z.number(), z.number()])
export const cellPrefix = 'v1/cell/'
const cellPattern = /^([0-9a-f]{64}\/(?:served|consumed)\/(?:key|model|account|machine)\/[hd])\/(\d{7})\/(.*)$/s

type Cells = Map<number, Map<string, UsageTotals>>

/** Totals to add to one hour and day, with the id on each side. */
export interface CubeChange {
  readonly poolId: PoolId
  readonly direction: UsageDirection
  readonly startMs: number
  /** False where only the month is known, as for months whose receipts were dropped. */
  readonly hasHour: boolean
  readonly ids: Readonly<Partial<Record<CubeSide, string>>>
  readonly totals: UsageTotals
}

/**
 * Totals by hour (recent) and by UTC day (all), in memory, for reports.
 *
 * Its size grows with days and keys, not with receipts.
 */
export class UsageCube {
  readonly #tables = new Map<string, Cells>()
  readonly #dirty = new Set<string>()

  add(change: CubeChange, nowMs: number): void {
    const hour = Math.floor(change.startMs / hourMs)
    const isRecent = change.hasHour && hour >= oldestHour(nowMs)
    for (const side of cubeSides) {
      const id = change.ids[side]
      if (id === undefined) continue
      const table = `${change.poolId}/${change.direction}/${side}`
      this.#add(`${table}/d`, Math.floor(hour / dayHours), id, change.totals)
      if (isRecent) this.#add(`${table}/h`, hour, id, change.totals)
    }
  }

  /** Every cell from index `from` to before `to`: hours or days since 1970. */
  *cells(
    poolId: PoolId,
    direction: UsageDirection,
    side: CubeSide,
    unit: 'h' | 'd',
    from: number,
    to: number,
  ): Generator<{ index: number; id: string; totals: UsageTotals }> {
    for (const [index, cells] of this.#tables.get(`${poolId}/${direction}/${side}/${unit}`) ?? []) {
      if (index < from || index >= to) continue
      for (const [id, totals] of cells) yield { index, id, totals }
    }
  }

  /** Restores a stored cell; `key` has no `cellPrefix`. False if malformed. */
  restore(key: string, value: unknown): boolean {
    const [, table, index, id] = cellPattern.exec(key) ?? []
    const cell = cellSchema.safeParse(value)
    if (table === undefined || id === undefined || !cell.success) return false
    const [requests, failures, promptTokens, completionTokens] = cell.data
    cellsOf(this.#tables, table, Number(index)).set(id, { requests, failures, promptTokens, completionTokens })
    return true
  }

  /** Cells that changed since the last call, to be stored; `undefined` for removed ones. */
  takeDirty(): [key: string, value: z.infer<typeof cellSchema> | undefined][] {
    const dirty = [...this.#dirty]
    this.#dirty.clear()
    return dirty.map((key) => {
      const [, table = '', index, id = ''] = cellPattern.exec(key) ?? []
      const totals = this.#tables.get(table)?.get(Number(index))?.get(id)
      if (!totals) return [cellPrefix + key, undefined]
      const { requests, failures, promptTokens, completionTokens } = totals
      return [cellPrefix + key, [requests, failures, promptTokens, completionTokens]]
    })
  }

  /** Drops hours that are older than `oldestHour`. */
  prune(nowMs: number): void {
    for (const [table, cells] of this.#tables) {
      if (!table.endsWith('/h')) continue
      for (const [index, gone] of cells) {
        if (index >= oldestHour(nowMs)) continue
        for (const id of gone.keys()) this.#dirty.add(cellKey(table, index, id))
        cells.delete(index)
      }
    }
  }

  clear(): void {
    this.#tables.clear()
    this.#dirty.clear()
  }

  #add(table: string, index: number, id: string, totals: UsageTotals): void {
    const cells = cellsOf(this.#tables, table, index)
    const known = cells.get(id)
    const next = {
      requests: (known?.requests ?? 0) + totals.requests,
      failures: (known?.failures ?? 0) + totals.failures,
      promptTokens: (known?.promptTokens ?? 0) + totals.promptTokens,
      completionTokens: (known?.completionTokens ?? 0) + totals.completionTokens,
    }
    if (next.requests === 0) cells.delete(id)
    else cells.set(id, next)
    this.#dirty.add(cellKey(table, index, id))
  }
}

/** The first hour that is kept, in hours since 1970; a day early, so that no time zone loses part of its first day. */
export function oldestHour(nowMs: number): number {
  return (Math.floor(nowMs / hourMs / dayHours) - hoursKeptDays - 1) * dayHours
}

function cellsOf(tables: Map<string, Cells>, table: string, index: number): Map<string, UsageTotals> {
  let cells = tables.get(table)
  if (!cells) tables.set(table, (cells = new Map<number, Map<string, UsageTotals>>()))
  let row = cells.get(index)
  if (!row) cells.set(index, (row = new Map<string, UsageTotals>()))
  return row
}

function cellKey(table: string, index: number, id: string): string {
  return `${table}/${String(index).padStart(7, '0')}/${id}`
}
