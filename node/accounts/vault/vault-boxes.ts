import { bytesOfText } from '../../crypto/encoding.ts'
import { randomBytes, wipe } from '../../crypto/keys.ts'
import { keyFromPassword, newPasswordParameters, type PasswordCost } from '../../crypto/password.ts'
import { boxKeyBytes, openSecretBox, secretBox } from '../../crypto/seal.ts'
import type { AccountId } from '../../contract/ids.ts'
import { recoveryVaultKey } from './recovery-phrase.ts'
import { decodeContents, encodeContents, type VaultContents } from './vault-contents.ts'
import type { VaultBody } from './vault-file.ts'

/** The boxes of a vault: contents under a random vault key, that key under password and phrase. */

export function newVaultKey(): Uint8Array {
  return randomBytes(boxKeyBytes)
}

/** Wraps the vault key under a password with a fresh salt. */
export async function wrapForPassword(
  accountId: AccountId,
  vaultKey: Uint8Array,
  password: string,
  cost: PasswordCost,
): Promise<Pick<VaultBody, 'password' | 'passwordBox'>> {
  const parameters = newPasswordParameters(cost)
  const key = await keyFromPassword(password, parameters)
  if (key === null) throw new Error('Fresh parameters always have a salt')
  const passwordBox = secretBox(key, vaultKey, contextOf('password', accountId))
  wipe(key)
  return { password: parameters, passwordBox }
}

/** Null when the password is wrong. */
export async function unwrapWithPassword(body: VaultBody, password: string): Promise<Uint8Array | null> {
  const key = await keyFromPassword(password, body.password)
  if (key === null) return null
  const vaultKey = openSecretBox(key, body.passwordBox, contextOf('password', body.accountId))
  wipe(key)
  return vaultKey
}

/** Wraps the vault key under the recovery phrase, for when the password is forgotten. */
export function wrapForRecovery(accountId: AccountId, vaultKey: Uint8Array, entropy: Uint8Array): Uint8Array {
  return secretBox(recoveryVaultKey(entropy), vaultKey, contextOf('recovery', accountId))
}

export function unwrapWithRecovery(body: VaultBody, entropy: Uint8Array): Uint8Array | null {
  if (body.recoveryBox === null) return null
  return openSecretBox(recoveryVaultKey(entropy), body.recoveryBox, contextOf('recovery', body.accountId))
}

export function boxContents(vaultKey: Uint8Array, contents: VaultContents): Uint8Array {
  const plaintext = encodeContents(contents)
  const box = secretBox(vaultKey, plaintext, contextOf('contents', contents.accountId))
  wipe(plaintext)
  return box
}

/** Null when the box is damaged or belongs to another account. */
export function openContents(vaultKey: Uint8Array, body: VaultBody): VaultContents | null {
  const plaintext = openSecretBox(vaultKey, body.contentsBox, contextOf('contents', body.accountId))
  if (plaintext === null) return null
  const contents = decodeContents(plaintext)
  wipe(plaintext)
  return contents?.accountId === body.accountId ? contents : null
}

function contextOf(box: 'password' | 'recovery' | 'contents', accountId: AccountId): Uint8Array {
  return bytesOfText(`kith/vault/1/${box}/${accountId}`)
}
