import { text } from './i18n.ts'

/** The person's own variant of the language on screen, so that dates and numbers look as they are used to. */
function locale(): string {
  const variants = typeof navigator === 'undefined' ? [] : navigator.languages
  return variants.find((variant) => variant.split('-')[0] === text.language) ?? text.language
}

const kilo = 1000
const unitNames = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** A size as people write it: "253 MB". */
export function formatBytes(bytes: number): string {
  const power = Math.min(unitNames.length - 1, Math.max(1, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(kilo))))
  const value = bytes / kilo ** power
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: unitNames[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && power > 1 ? 1 : 0,
  }).format(value)
}

/** A span of time: "1.4 seconds". */
export function formatSeconds(durationMs: number): string {
  const seconds = durationMs / 1000
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: 'second',
    unitDisplay: 'long',
    maximumFractionDigits: seconds < 10 ? 1 : 0,
  }).format(seconds)
}

/** About how long is left: "3 minutes". */
export function formatRemaining(durationMs: number): string {
  const minutes = durationMs / 60_000
  if (minutes < 1) return formatWhole(Math.max(1, minutes * 60), 'second')
  return minutes < 90 ? formatWhole(minutes, 'minute') : formatWhole(minutes / 60, 'hour')
}

function formatWhole(value: number, unit: 'second' | 'minute' | 'hour'): string {
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  }).format(value)
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(locale()).format(value)
}

/** A moment of the day for today, a date otherwise. */
export function formatWhen(atMs: number, nowMs: number = Date.now()): string {
  const at = new Date(atMs)
  const isToday = at.toDateString() === new Date(nowMs).toDateString()
  return new Intl.DateTimeFormat(
    locale(),
    isToday ? { hour: '2-digit', minute: '2-digit' } : { day: 'numeric', month: 'short' },
  ).format(at)
}

/** A full date with time, for when something ends. */
export function formatDateTime(atMs: number): string {
  return new Intl.DateTimeFormat(locale(), {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(atMs))
}

/** Names joined as a sentence joins them: "Anna, Ben and Chris". */
export function formatList(names: readonly string[]): string {
  return new Intl.ListFormat(locale(), { style: 'long', type: 'conjunction' }).format(names)
}

const relativeSteps = [
  { unit: 'second', unitMs: 1_000, belowMs: 60_000 },
  { unit: 'minute', unitMs: 60_000, belowMs: 60 * 60_000 },
  { unit: 'hour', unitMs: 3_600_000, belowMs: 24 * 3_600_000 },
  { unit: 'day', unitMs: 86_400_000, belowMs: 45 * 86_400_000 },
] as const

/** A moment as seen from now: "5 minutes ago", "in 3 hours"; a date where that is far off. */
export function formatRelative(atMs: number, nowMs: number): string {
  const distanceMs = atMs - nowMs
  const step = relativeSteps.find(({ belowMs }) => Math.abs(distanceMs) < belowMs)
  if (step === undefined) return formatDate(atMs)
  // What is to come is rounded up: "in 0 seconds" would be no time at all.
  const exact = distanceMs / step.unitMs
  const count = distanceMs > 0 ? Math.ceil(exact) : Math.round(exact)
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'always' }).format(count, step.unit)
}

/** A day: "3 December 2026". */
export function formatDate(atMs: number): string {
  return new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(atMs))
}

/** The beginning of an hour, a day or a month, as short as its place on an axis. */
export function formatPeriod(grain: 'hour' | 'day' | 'month', startMs: number, isShort = false): string {
  const options: Intl.DateTimeFormatOptions = {
    hour: isShort
      ? { hour: '2-digit', minute: '2-digit' }
      : { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
    day: isShort ? { day: 'numeric', month: 'short' } : { weekday: 'short', day: 'numeric', month: 'short' },
    month: isShort ? { month: 'short' } : { month: 'long', year: 'numeric' },
  }[grain] as Intl.DateTimeFormatOptions
  return new Intl.DateTimeFormat(locale(), options).format(new Date(startMs))
}

/** A number with few letters, for axes: "12K". */
export function formatCompact(value: number): string {
  return new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 1 }).format(value)
}
