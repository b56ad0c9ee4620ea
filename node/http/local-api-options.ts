import type { Log } from '../base/log.ts'
import type { ApiGuests } from '../contract/api-guests.ts'
import type { CallInput, CallName, CallOutput } from '../contract/contract.ts'
import type { AccountId, KeyId, PoolId } from '../contract/ids.ts'
import type { KeyScope } from '../contract/keys.ts'
import type { NamedModel } from '../base/model-name.ts'
import type { LimitState } from '../contract/limits.ts'
import type { Result } from '../contract/result.ts'
import type { UsageTotals } from '../contract/usage.ts'
import type { LimitTerms } from '../limits/limiter.ts'
import type { GenerationPort } from '../protocol/messages/generation.ts'
import type { ArrivalDeadlines } from './typed-server.ts'

/** On whose behalf a program calls: an API key, or the account itself by a session. */
export interface Principal {
  readonly accountId: AccountId
  /** Null for a session. */
  readonly keyId: KeyId | null
  /** The key's pool; null for a session, which may use all pools of the account. */
  readonly poolId: PoolId | null
  readonly scopes: readonly KeyScope[]
  /** Null allows all. */
  readonly allowedModels: readonly string[] | null
  /** The limits of the key; null for a session, which only the plans of its pools limit. */
  readonly terms: LimitTerms | null
}

/** A model that is offered now in a pool the caller may use. */
export interface OfferedModel extends NamedModel {
  /** Pools in which it can be used, the nearest first. */
  readonly poolIds: readonly PoolId[]
}

/** What a caller has used. */
export interface UsageOfCaller {
  readonly today: UsageTotals
  readonly thisMonth: UsageTotals
}

/** Calls of the contract that the session routes pass on. */
export type SessionCallName = Extract<CallName, 'session.open' | 'session.renew' | 'session.close'>

/** What the local API needs of the peer behind it. */
export interface LocalApiOptions {
  readonly isEnabled: () => boolean
  /** The port to listen on; null takes the usual one, or any free one where that is taken. */
  readonly port: () => number | null
  /** Names and pages that may reach it beside its own. */
  readonly guests: () => ApiGuests
  /** Reads the token after `Bearer`: an API key or a session's token. */
  readonly authenticate: (bearer: string, signal: AbortSignal) => Promise<Result<Principal>>
  readonly ask: GenerationPort['ask']
  /** Models the caller may use now, whatever its key allows. */
  readonly models: (principal: Principal) => readonly OfferedModel[]
  /** Whether a machine that the caller may use has, or had, a model of this name. */
  readonly isKnown: (principal: Principal, model: string) => boolean
  /** The pool to use where nobody offers the model now; null where the caller is in none. */
  readonly usualPool: (principal: Principal) => PoolId | null
  readonly limits: (principal: Principal) => readonly LimitState[]
  readonly usage: (principal: Principal) => Promise<Result<UsageOfCaller>>
  readonly call: <N extends SessionCallName>(name: N, input: CallInput<N>) => Promise<Result<CallOutput<N>>>
  readonly log: Log
  /** The state of the API has changed. */
  readonly onChange: () => void
  /** How long a waiting stream may stay silent. */
  readonly keepAliveMs?: number
  /** How long a program may read nothing of a reply. */
  readonly readerMs?: number
  /** Shorter in tests. */
  readonly deadlines?: ArrivalDeadlines
  readonly maxConnections?: number
}
