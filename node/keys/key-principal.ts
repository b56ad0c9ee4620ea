import type { KeyState } from '../access/keys.ts'
import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import type { KeyScope } from '../contract/keys.ts'
import type { LimitMode, Limits } from '../contract/limits.ts'
import type { Result } from '../contract/result.ts'

/** Whom a checked key speaks for, and what it allows. */
export interface KeyPrincipal {
  readonly keyId: KeyId
  readonly accountId: AccountId
  readonly poolId: PoolId
  readonly scopes: readonly KeyScope[]
  /** Null allows all. */
  readonly allowedModels: readonly string[] | null
  readonly limits: Limits
  readonly limitMode: LimitMode
  readonly timeZone: string
  /** The device whose word on the key's limits counts. */
  readonly homeDeviceId: DeviceId
  /** The home before, which hands over what it has counted, and how often the key has moved. */
  readonly movedFrom?: { readonly deviceId: DeviceId; readonly times: number } | undefined
}

/** A key as it stands now, whether or not it may be used. */
export interface KnownKey extends KeyPrincipal {
  readonly state: KeyState
}

/** What those who take requests with keys need of the key book. */
export interface KeyChecker {
  /** Ends within the bound of one update from other devices; usually at once. */
  check(plainKey: string, signal: AbortSignal): Promise<Result<KeyPrincipal>>
  /** A key of any account that is known here; null for one that is not. */
  get(accountId: AccountId, keyId: KeyId): Promise<KnownKey | null>
}
