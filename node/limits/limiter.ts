import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import type { LimitMode, Limits, LimitState } from '../contract/limits.ts'
import type { Result } from '../contract/result.ts'

/** What is limited: an API key, or what a member may use of the pool's computers. */
export interface LimitSubject {
  readonly kind: 'key' | 'member'
  readonly poolId: PoolId
  readonly accountId: AccountId
  /** Null for members. */
  readonly keyId: KeyId | null
}

/** The limits that hold for a subject, and who counts them. */
export interface LimitTerms {
  readonly limits: Limits
  readonly limitMode: LimitMode
  readonly timeZone: string
  /** The device that counts (the grantor), then others whose plan leases are good. */
  readonly grantors: readonly DeviceId[]
  /** The device that counted before, and how often that has changed; absent where it never has. */
  readonly before?: { readonly deviceId: DeviceId; readonly times: number } | undefined
}

/** What a request may use at most. */
export interface LimitNeed {
  /** Prompt and generation together. */
  readonly tokens: number
  /** The generation may be shortened down to this many tokens in all; absent means that it may not. */
  readonly leastTokens?: number | undefined
  /** The same where nothing else of the subject is under way: it may then use more than is set aside. */
  readonly leastAloneTokens?: number | undefined
}

/** What was set aside for one request, until it is settled. */
export interface Reservation {
  /** Tokens set aside: those asked for, or fewer where the request could be shortened. */
  readonly tokens: number
  /** Ends the reservation with what was really used. Only the first call counts; no request where nothing was begun. */
  settle(used: { readonly tokens: number; readonly requests?: 0 | 1 }): void
}

/** Sets aside what requests may use, so that parallel ones cannot spend a quota together. */
export interface Limiter {
  /** Waits for the grantor, where it has to be asked; fails with the limit that is reached. */
  reserve(subject: LimitSubject, terms: LimitTerms, need: LimitNeed, signal: AbortSignal): Promise<Result<Reservation>>
  /** How the limits stand, as far as it is known here. Never waits. */
  states(subject: LimitSubject, terms: LimitTerms): LimitState[]
  /** Fires when states have changed. Returns the unsubscribe function. */
  onChange(listener: (subject: LimitSubject) => void): () => void
}
