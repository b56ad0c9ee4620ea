import { limitNames, type LimitName, type Limits } from '../../../node/contract/limits.ts'

const largestLimit = 1_000_000_000_000

/** Limits as they are typed. An empty text is no limit. */
export type LimitTexts = Readonly<Record<LimitName, string>>

/** The time zone of this computer. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

export function limitTextsOf(limits: Limits): LimitTexts {
  const texts = limitNames.map((name) => [name, limits[name] === undefined ? '' : String(limits[name])])
  return Object.fromEntries(texts) as LimitTexts
}

/** What was typed as limits; null where a text is no limit. */
export function readLimitTexts(texts: LimitTexts): Limits | null {
  const limits: Limits = {}
  for (const name of limitNames) {
    const text = texts[name].trim()
    if (text === '') continue
    const limit = Number(text)
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > largestLimit) return null
    limits[name] = limit
  }
  return limits
}
