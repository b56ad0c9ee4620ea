import type { KeyChoice, KeyScope } from '../../../node/contract/keys.ts'
import { limitTextsOf, ownTimeZone, readLimitTexts, type LimitTexts } from '../../components/limits/limit-draft.ts'

const dayMs = 86_400_000

/** How long a key is good. `date` is a day of one's own choice. */
export const expiries = ['never', 'month', 'quarter', 'year', 'date'] as const
export type Expiry = (typeof expiries)[number]
const expiryDays = { month: 30, quarter: 90, year: 365 } as const

/** What is typed about a key, before it is read. An empty limit does not hold. */
export interface KeyDraft {
  readonly name: string
  readonly scopes: readonly KeyScope[]
  /** Null allows all models. */
  readonly models: readonly string[] | null
  readonly limits: LimitTexts
  readonly isCountOnly: boolean
  readonly timeZone: string
  readonly expiry: Expiry
  /** As a date field has it: `2026-12-31`. */
  readonly expiryDate: string
}

export const draftProblems = ['name', 'scopes', 'models', 'limits', 'expiry'] as const
export type DraftProblem = (typeof draftProblems)[number]

export const maxKeyName = 60

export function newDraft(): KeyDraft {
  return {
    name: '',
    scopes: ['inference'],
    models: null,
    limits: limitTextsOf({}),
    isCountOnly: false,
    timeZone: ownTimeZone(),
    expiry: 'never',
    expiryDate: '',
  }
}

/** What is known of a key, as if it had been typed. */
export function draftOf(key: KeyChoice): KeyDraft {
  return {
    name: key.name,
    scopes: key.scopes,
    models: key.allowedModels,
    limits: limitTextsOf(key.limits),
    isCountOnly: key.limitMode === 'shadow',
    timeZone: key.timeZone,
    expiry: key.expiresAtMs === null ? 'never' : 'date',
    expiryDate: key.expiresAtMs === null ? '' : dateText(key.expiresAtMs),
  }
}

/** A day of this computer's calendar, as a date field has it. */
export function dateText(atMs: number): string {
  const at = new Date(atMs)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** The last moment of that day; null where it is no day. */
function endOfDay(text: string): number | null {
  const atMs = new Date(`${text}T23:59:59`).getTime()
  return Number.isNaN(atMs) ? null : atMs
}

type Read = { readonly choice: KeyChoice } | { readonly problems: readonly DraftProblem[] }

/** What was typed as a choice, or everything that is wrong with it. */
export function readDraft(draft: KeyDraft, nowMs: number): Read {
  const name = draft.name.trim()
  const limits = readLimitTexts(draft.limits)
  const expiresAtMs = expiryMs(draft, nowMs)
  const isWrong: Record<DraftProblem, boolean> = {
    name: name === '' || name.length > maxKeyName,
    scopes: draft.scopes.length === 0,
    models: draft.models?.length === 0,
    limits: limits === null,
    expiry: expiresAtMs !== null && !(expiresAtMs > nowMs),
  }
  const problems = draftProblems.filter((problem) => isWrong[problem])
  if (problems.length > 0 || limits === null) return { problems }
  return {
    choice: {
      name,
      scopes: [...draft.scopes],
      allowedModels: draft.models === null ? null : [...draft.models],
      limits,
      limitMode: draft.isCountOnly ? 'shadow' : 'enforced',
      timeZone: draft.timeZone,
      expiresAtMs,
    },
  }
}

function expiryMs({ expiry, expiryDate }: KeyDraft, nowMs: number): number | null {
  if (expiry === 'never') return null
  if (expiry === 'date') return endOfDay(expiryDate) ?? Number.NaN
  return nowMs + expiryDays[expiry] * dayMs
}

/** Only what differs, so that a change made on another computer meanwhile stays. */
export function changeOf(key: KeyChoice, draft: KeyDraft, choice: KeyChoice): Partial<KeyChoice> {
  const before = draftOf(key)
  const isExpirySame = draft.expiry === before.expiry && draft.expiryDate === before.expiryDate
  const change: Partial<KeyChoice> = {}
  const differs = (first: unknown, second: unknown): boolean => JSON.stringify(first) !== JSON.stringify(second)
  if (key.name !== choice.name) change.name = choice.name
  if (differs([...key.scopes].sort(), [...choice.scopes].sort())) change.scopes = choice.scopes
  if (differs(key.allowedModels, choice.allowedModels)) change.allowedModels = choice.allowedModels
  if (differs(before.limits, draftOf(choice).limits)) change.limits = choice.limits
  if (key.limitMode !== choice.limitMode) change.limitMode = choice.limitMode
  if (key.timeZone !== choice.timeZone) change.timeZone = choice.timeZone
  // A date that was not touched keeps its hour.
  if (!isExpirySame) change.expiresAtMs = choice.expiresAtMs
  return change
}
