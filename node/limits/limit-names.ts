import { limitNames, type LimitName, type Limits } from '../contract/limits.ts'
import { windowAt, type Window, type WindowKind } from './windows.ts'

/** What a limit counts. */
export type LimitUnit = 'requests' | 'tokens' | 'slots'

interface LimitShape {
  readonly unit: LimitUnit
  /** Null where it counts what runs at one time. */
  readonly window: WindowKind | null
  /** How a sentence names it. */
  readonly words: string
}

const shapes: Readonly<Record<LimitName, LimitShape>> = {
  requestsPerMinute: { unit: 'requests', window: 'minute', words: 'requests a minute' },
  tokensPerMinute: { unit: 'tokens', window: 'minute', words: 'tokens a minute' },
  concurrentRequests: { unit: 'slots', window: null, words: 'requests at a time' },
  requestsPerHour: { unit: 'requests', window: 'hour', words: 'requests an hour' },
  tokensPerHour: { unit: 'tokens', window: 'hour', words: 'tokens an hour' },
  requestsPerDay: { unit: 'requests', window: 'day', words: 'requests a day' },
  tokensPerDay: { unit: 'tokens', window: 'day', words: 'tokens a day' },
  requestsPerMonth: { unit: 'requests', window: 'month', words: 'requests a month' },
  tokensPerMonth: { unit: 'tokens', window: 'month', words: 'tokens a month' },
}

/** The window of limits that have none: it never ends. */
const always: Window = { id: 'always', startMs: 0, endMs: Number.MAX_SAFE_INTEGER }

export function shapeOf(name: LimitName): LimitShape {
  return shapes[name]
}

/** The limits that hold, in the order of the contract. */
export function heldLimits(limits: Limits): [name: LimitName, limit: number][] {
  return limitNames.flatMap((name) => {
    const limit = limits[name]
    return limit === undefined ? [] : [[name, limit] as [LimitName, number]]
  })
}

export function windowOf(name: LimitName, timeZone: string, atMs: number): Window {
  const { window } = shapes[name]
  return window === null ? always : windowAt(window, timeZone, atMs)
}

/** How much of a limit one request takes. */
export function amountOf(name: LimitName, tokens: number): number {
  return shapes[name].unit === 'tokens' ? tokens : 1
}
