import type { DeviceId } from '../../contract/ids.ts'
import type { LimitName } from '../../contract/limits.ts'
import {
  maxHandedRows,
  type GrantorTotal,
  type HandedLedger,
  type HolderRow,
} from '../../protocol/messages/lease-ledger.ts'
import { shapeOf } from '../limit-names.ts'

/** How a count moves from one grantor to the next: whole, holders included. */

interface Ledger {
  readonly rows: Map<DeviceId, HolderRow>
  readonly total: GrantorTotal
}

/** What is handed over. What the holders beyond the first ones hold counts as used. */
export function handedLedger({ rows, total }: Ledger): HandedLedger {
  const handed = structuredClone({ total, rows: [...rows].slice(0, maxHandedRows) })
  for (const row of [...rows.values()].slice(maxHandedRows)) {
    for (const [name, cell] of Object.entries(handed.total.cells) as [
      LimitName,
      { startMs: number; writtenOff: number },
    ][]) {
      const held = row.cells[name]
      if (shapeOf(name).window !== null && held?.startMs === cell.startMs) cell.writtenOff += held.held
    }
  }
  return handed
}

/** Adds what another device has counted. Where both know a holder, its later report counts. */
export function inherit(ledger: Ledger, { total, rows }: HandedLedger): void {
  for (const [deviceId, row] of rows) {
    const known = ledger.rows.get(deviceId)
    if (!known || isLater(row, known)) ledger.rows.set(deviceId, row)
  }
  for (const name of Object.keys(total.cells) as LimitName[]) {
    const theirs = total.cells[name]
    const ours = ledger.total.cells[name]
    if (!theirs) continue
    if (!ours || theirs.startMs > ours.startMs) ledger.total.cells[name] = theirs
    else if (theirs.startMs === ours.startMs) {
      // The true count takes the place of our guess; what they guessed is a guess here too.
      ours.writtenOff += theirs.writtenOff - ours.guessed
      ours.guessed = theirs.guessed
      ours.wouldRefuse += theirs.wouldRefuse
    }
  }
  ledger.total.carried.push(...total.carried)
}

/** Counts what receipts add up to, less what holders have reported: the device that counted before is away. */
export function guess({ rows, total }: Ledger, name: LimitName, used: number): void {
  const cell = total.cells[name]
  if (!cell) return
  const reported = [...rows.values()].map((row) => row.cells[name]).filter((held) => held?.startMs === cell.startMs)
  const guessed = Math.max(0, used - reported.reduce((sum, held) => sum + (held?.used ?? 0), 0))
  cell.writtenOff += guessed
  cell.guessed += guessed
}

/** Forgets everything, because another device has counted since. Returns the holders. */
export function forgetAll({ rows, total }: Ledger): DeviceId[] {
  const holders = [...rows.keys()]
  rows.clear()
  Object.assign(total, { cells: {}, carried: [] })
  return holders
}

/** Drops what was guessed about a device that turns out to be this one. */
export function withoutGuesses(handed: HandedLedger): HandedLedger {
  const known = structuredClone(handed)
  known.total.awaited = null
  for (const cell of Object.values(known.total.cells)) {
    cell.writtenOff -= cell.guessed
    cell.guessed = 0
  }
  return known
}

function isLater(row: HolderRow, known: HolderRow): boolean {
  return row.incarnation === known.incarnation ? row.sequence > known.sequence : row.seenMs > known.seenMs
}
