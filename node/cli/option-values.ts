import { InvalidArgumentError } from 'commander'

/** Readers for option values; what they refuse is a usage error. */

export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^[0-9]+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`Expected a whole number from ${minimum} to ${maximum}.`)
    }
    return value
  }
}

export function decimalNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^[0-9]+(\.[0-9]+)?$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`Expected a number from ${minimum} to ${maximum}.`)
    }
    return value
  }
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A time such as 30m, 12h or 7d, in milliseconds. */
export function lifetimeMs(text: string): number {
  const match = /^([1-9][0-9]{0,4})([mhd])$/.exec(text)
  const value = match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : 0
  if (value < 60_000 || value > 365 * unitMs.d) {
    throw new InvalidArgumentError('Expected a time such as 30m, 12h or 7d, up to 365d.')
  }
  return value
}

/** A number of bytes as people read it. */
export function readableBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`
}

/** A text of at most so many characters. */
export function text(maxLength: number): (value: string) => string {
  return (value) => {
    if (value.trim() === '' || value.length > maxLength) {
      throw new InvalidArgumentError(`Expected 1 to ${maxLength} characters.`)
    }
    return value
  }
}

/** A time as `lifetimeMs` reads it, or 0 for none. */
export function overlapMs(text: string): number {
  return text === '0' ? 0 : lifetimeMs(text)
}

/** A time ago such as 12h or 7d, or a date such as 2026-11-25, as milliseconds since 1970. */
export function sinceMs(text: string): number {
  const isDate = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?$/.test(text)
  const atMs = isDate ? Date.parse(text) : Date.now() - lifetimeMs(text)
  if (Number.isNaN(atMs)) throw new InvalidArgumentError('Expected a time such as 12h or 7d, or a date: 2026-11-25.')
  return atMs
}

/** Values with commas between. */
export function list(value: string): string[] {
  const values = value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  if (values.length === 0) throw new InvalidArgumentError('Expected one value, or several with commas.')
  return values
}
