import { DateTime } from 'luxon'

export type WindowKind = 'minute' | 'hour' | 'day' | 'month'

/** A stretch of time in which a limit counts; the next one begins where it ends. */
export interface Window {
  /** Kind and beginning: `day/1764025200000`. */
  readonly id: string
  readonly startMs: number
  /** The first instant that is no longer in it. */
  readonly endMs: number
}

const unitMs = { minute: 60_000, hour: 3_600_000 } as const
const halfHourMs = 1_800_000

/**
 * The calendar window that an instant is in.
 *
 * Days and months begin at the first instant of their date, so a day of a clock change has 23 or 25
 * hours. A clock change in the middle of an hour (Lord Howe Island) cuts that hour in two windows.
 */
export function windowAt(kind: WindowKind, timeZone: string, atMs: number): Window {
  const { startMs, endMs } =
    kind === 'day' || kind === 'month' ? dateWindow(kind, timeZone, atMs) : clockWindow(unitMs[kind], timeZone, atMs)
  return { id: `${kind}/${startMs}`, startMs, endMs }
}

type Span = Pick<Window, 'startMs' | 'endMs'>

function dateWindow(kind: 'day' | 'month', timeZone: string, atMs: number): Span {
  const local = DateTime.fromMillis(atMs, { zone: timeZone })
  const first = kind === 'day' ? local : local.set({ day: 1 })
  const next = DateTime.utc(first.year, first.month, first.day).plus({ [kind]: 1 })
  return { startMs: startOfDate(first, timeZone), endMs: startOfDate(next, timeZone) }
}

/** The first instant of a date. Midnight may come twice, or not at all. */
function startOfDate({ year, month, day }: DateTime, timeZone: string): number {
  let startMs = DateTime.fromObject({ year, month, day }, { zone: timeZone }).toMillis()
  for (;;) {
    const before = DateTime.fromMillis(startMs - halfHourMs, { zone: timeZone })
    if (before.day !== day || before.month !== month) return startMs
    startMs -= halfHourMs
  }
}

function clockWindow(lengthMs: number, timeZone: string, atMs: number): Span {
  const offsetMs = offsetAt(timeZone, atMs)
  const startMs = Math.floor((atMs + offsetMs) / lengthMs) * lengthMs - offsetMs
  const endMs = startMs + lengthMs
  return {
    startMs: offsetAt(timeZone, startMs) === offsetMs ? startMs : changeBetween(timeZone, startMs, atMs),
    endMs: offsetAt(timeZone, endMs - 1) === offsetMs ? endMs : changeBetween(timeZone, atMs, endMs - 1),
  }
}

/** The instant of the clock change between two instants with different offsets. */
function changeBetween(timeZone: string, beforeMs: number, afterMs: number): number {
  const offsetMs = offsetAt(timeZone, beforeMs)
  let [low, high] = [beforeMs, afterMs]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(timeZone, middle) === offsetMs) low = middle
    else high = middle
  }
  return high
}

function offsetAt(timeZone: string, atMs: number): number {
  return DateTime.fromMillis(atMs, { zone: timeZone }).offset * 60_000
}
