import { isNamed, type NamedModel } from '../base/model-name.ts'
import { kithError, type KithError } from '../contract/errors.ts'
import type { ApiKey, KeyScope } from '../contract/keys.ts'
import { refusalOfAccount, type AccountState } from './standing.ts'

export type KeyState = ApiKey['state']

/** When to ask again where a key has not arrived. */
const notReadySeconds = 5

/** How a key stands by our clock. */
export function keyStateAt(
  key: { readonly state: Exclude<KeyState, 'expired'>; readonly expiresAtMs: number | null },
  nowMs: number,
): KeyState {
  if (key.state !== 'enabled') return key.state
  return key.expiresAtMs !== null && nowMs >= key.expiresAtMs ? 'expired' : 'enabled'
}

/** Why a key may be used for nothing; null when it may be used. */
export function refusalOfKeyState(state: KeyState): KithError | null {
  switch (state) {
    case 'enabled':
      return null
    case 'disabled':
      return kithError('key_disabled')
    case 'revoked':
      return kithError('key_revoked')
    case 'expired':
      return kithError('key_expired')
  }
}

/** Why a key cannot be changed; null when it can: a revoked one is gone for good. */
export function refusalOfKeyChange(state: KeyState): KithError | null {
  switch (state) {
    case 'enabled':
    case 'disabled':
    case 'expired':
      return null
    case 'revoked':
      return kithError('key_revoked')
  }
}

/** A key whose secret was shown. */
export interface ShownKey {
  readonly state: KeyState
  /** Whether the secret is one that was replaced, and its overlap is over. */
  readonly isReplaced: boolean
  readonly isOwnAccount: boolean
  /** How the account of the key stands in its pool; null where it is not known there. */
  readonly account: AccountState | null
  readonly poolName: string
}

/** Why a key that was shown does not let its bearer in; null when it does. */
export function refusalOfShownKey({ state, isReplaced, isOwnAccount, account, poolName }: ShownKey): KithError | null {
  // A secret that was replaced is as good as revoked.
  const refusal = refusalOfKeyState(isReplaced ? 'revoked' : state)
  if (refusal) return refusal
  if (account) return refusalOfAccount(account, poolName)
  // Our own place may be unconfirmed before the directory has come; that of others must be known.
  return isOwnAccount ? null : kithError('key_unknown')
}

/** Why a key cannot be checked on this device; null when it can. */
export function refusalOfKeyPlace(device: { isInPool: boolean; servesAccount: boolean }): KithError | null {
  if (!device.isInPool) return kithError('key_foreign')
  return device.servesAccount ? null : kithError('key_not_here')
}

/** Why a key that was not found does not count: there is none, or it may not have arrived. */
export function refusalOfMissingKey({ isAllKnown }: { readonly isAllKnown: boolean }): KithError {
  return isAllKnown ? kithError('key_unknown') : kithError('key_not_ready', { seconds: notReadySeconds })
}

/**
 * Why a request may not use its key; null when it may.
 *
 * A key may have been switched off, or meant for another pool, since it was checked where it was shown.
 */
export function refusalOfKeyUse(key: { readonly state: KeyState; readonly isOfPool: boolean }): KithError | null {
  return refusalOfKeyState(key.state) ?? (key.isOfPool ? null : kithError('key_foreign'))
}

/** Why a bearer with these scopes may not do what needs `scope`; null when it may. */
export function refusalOfScope(scopes: readonly KeyScope[], scope: KeyScope): KithError | null {
  return scopes.includes(scope) ? null : kithError('key_scope_missing', { scope })
}

/** Why a bearer may not ask a model; null when it may. A list of null allows all. */
export function refusalOfModel(allowedModels: readonly string[] | null, model: NamedModel): KithError | null {
  const isAllowed = allowedModels?.some((allowed) => isNamed(model, allowed)) ?? true
  return isAllowed ? null : kithError('key_model_refused', { model: model.name })
}
