import { limitNames, type LimitName, type Limits } from '../../../node/contract/limits.ts'

export const largestLimit = 1_000_000_000_000

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

/** What was typed as one limit: undefined where nothing was, null where the text is no limit. */
export function readLimit(text: string): number | null | undefined {
  if (text.trim() === '') return undefined
  const limit = Number(text)
  return Number.isSafeInteger(limit) && limit >= 1 && limit <= largestLimit ? limit : null
}

/** What was typed as limits; null where a text is no limit. */
export function readLimitTexts(texts: LimitTexts): Limits | null {
  const limits: Limits = {}
  for (const name of limitNames) {
    const limit = readLimit(texts[name])
    if (limit === null) return null
    if (limit !== undefined) limits[name] = limit
  }
  return limits
}
