import type { LimitName } from '../contract/limits.ts'
import type { LeaseNeed } from '../protocol/messages/lease-messages.ts'
import { amountOf, shapeOf } from './limit-names.ts'

/** What one limit leaves to one holder. */
export interface Room {
  readonly name: LimitName
  readonly limit: number
  readonly endMs: number
  /** Taken by everybody else. */
  readonly others: number
  /** Used and reserved by the holder itself. */
  readonly own: number
  /** Whether a request of anybody is under way, or may be. */
  readonly isBusy: boolean
  /** Granted since. */
  taken: number
}

export interface Refusal {
  readonly refused: LimitName
  readonly left: number
  readonly needed: number
}

export interface Fit {
  /** Tokens that can be set aside; those asked for where nothing is enforced. */
  readonly tokens: number
  readonly refusal: Refusal | null
  /** Limits that did not have room for the whole need. */
  readonly lacking: LimitName[]
}

/** Whether a request fits, and with how many tokens. */
export function fitNeed(rooms: readonly Room[], need: LeaseNeed, isEnforced: boolean): Fit {
  const lacking = rooms.filter((room) => leftOf(room) < amountOf(room.name, need.tokens))
  const names = lacking.map(({ name }) => name)
  if (lacking.length === 0 || !isEnforced) return { tokens: need.tokens, refusal: null, lacking: names }
  const isAlone = rooms.every(({ isBusy, taken }) => !isBusy && taken === 0)
  const least = Math.min((isAlone ? need.leastAloneTokens : null) ?? need.leastTokens, need.tokens)
  const refusing = rooms.filter((room) => leftOf(room) < amountOf(room.name, least))
  // Of several that refuse, the one that lasts longest is named: the caller has to wait for it anyway.
  const [first] = refusing.sort((one, other) => endOf(other) - endOf(one))
  if (!first) return { tokens: Math.min(...lacking.map(leftOf)), refusal: null, lacking: names }
  const refusal = { refused: first.name, left: Math.max(0, leftOf(first)), needed: amountOf(first.name, least) }
  return { tokens: 0, refusal, lacking: names }
}

function leftOf({ limit, others, own, taken }: Room): number {
  return limit - others - own - taken
}

function endOf({ name, endMs }: Room): number {
  return shapeOf(name).window === null ? 0 : endMs
}
