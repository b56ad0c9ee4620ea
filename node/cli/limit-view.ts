import type { KithError } from '../contract/errors.ts'
import type { LimitState } from '../contract/limits.ts'
import { shapeOf } from '../limits/limit-names.ts'

/** One row a limit: its name, what is left of it, and when it resets. */
export function limitRows(states: readonly LimitState[], nowMs: number): string[][] {
  return states.map(({ name, limit, left, resetsAtMs, wouldRefuse }) => [
    `  ${shapeOf(name).words}`,
    `${left} of ${limit} left`,
    resetsAtMs === null ? '' : `resets ${resetTime(resetsAtMs, nowMs)}`,
    wouldRefuse > 0 ? `would have refused ${wouldRefuse}` : '',
  ])
}

/** `in 41 s (13:00:00)`, or with its date where that is not today's. */
export function resetTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const isToday = at.toDateString() === new Date(nowMs).toDateString()
  const time = at.toTimeString().slice(0, 8)
  const date = isToday ? time : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`
  return `in ${timeSpan(atMs - nowMs)} (${date})`
}

/** What a person wants to know of a refusal: the limit, what is left, and when it resets. */
export function limitOfRefusal(error: KithError, nowMs: number): string | null {
  if (error.code !== 'limit_reached') return null
  const { limit, name, left, resetsAt, resetsAtMs } = error.details
  const atMs = typeof resetsAtMs === 'number' ? resetsAtMs : Date.parse(String(resetsAt))
  const when = Number.isFinite(atMs) ? `, resets ${resetTime(atMs, nowMs)}` : ''
  return `Limit: ${limit ?? '?'} ${name ?? ''}, ${left ?? 0} left${when}`
}

/** The two largest parts of a time: `1 d 4 h`, `3 min 20 s`. */
export function timeSpan(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000))
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([value]) => value > 0)
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ')
}

const two = (value: number): string => String(value).padStart(2, '0')
