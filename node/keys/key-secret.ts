import { keyOf } from '../accounts/ids.ts'
import { fromHex, toHex } from '../crypto/encoding.ts'
import { equalBytes, hash } from '../crypto/hash.ts'
import { randomBytes } from '../crypto/keys.ts'
import type { KeyRecord } from './key-record.ts'
import type { KeyNames } from './key-text.ts'

/** Compared with where there is no key, so that an unknown key takes as long to check as a known one. */
const noHash = randomBytes(32)

/**
 * What is stored of a secret. 256 random bits need no slow hash.
 *
 * It covers pool, account and key, so that a hash copied into another account's record is useless.
 */
function secretHash(names: KeyNames, secret: Uint8Array): Uint8Array {
  const keyId = fromHex(names.keyId)
  if (!keyId) throw new Error('A checked key id is always hexadecimal')
  return hash('kith/api-key/1', keyOf(names.poolId), keyOf(names.accountId), keyId, secret)
}

export function secretHashText(names: KeyNames, secret: Uint8Array): string {
  return toHex(secretHash(names, secret))
}

/** Which secret of a key this is. Compares both in constant time, whether or not there is a key. */
export function matchSecret(
  names: KeyNames,
  secret: Uint8Array,
  record: KeyRecord | null,
): 'current' | 'previous' | null {
  const shown = secretHash(names, secret)
  const isCurrent = equalBytes(shown, hashBytes(record?.secretHash)) && record !== null
  const isPrevious = equalBytes(shown, hashBytes(record?.previous?.secretHash)) && record !== null
  return isCurrent ? 'current' : isPrevious ? 'previous' : null
}

function hashBytes(hex: string | undefined): Uint8Array {
  return (hex === undefined ? null : fromHex(hex)) ?? noHash
}
