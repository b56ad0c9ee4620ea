import type { KeyState } from '../access/keys.ts'
import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import type { KeyScope } from '../contract/keys.ts'
import type { LimitMode, Limits } from '../contract/limits.ts'
import type { Result } from '../contract/result.ts'

/** The account a checked key acts for, and what the key allows. */
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
  /** The device that counts the key's limits. */
  readonly homeDeviceId: DeviceId
  /** The previous home, which hands over its counts, and how often the key has moved. */
  readonly movedFrom?: { readonly deviceId: DeviceId; readonly times: number } | undefined
}

/** A key with its state; it may be disabled, revoked or expired. */
export interface KnownKey extends KeyPrincipal {
  readonly state: KeyState
}

/** What handlers of requests with keys need of the key book. */
export interface KeyChecker {
  /** Waits for at most one refresh from other devices, and only when the key is not found. */
  check(plainKey: string, signal: AbortSignal): Promise<Result<KeyPrincipal>>
  /** Null for a key that is not known here. */
  get(accountId: AccountId, keyId: KeyId): Promise<KnownKey | null>
}
