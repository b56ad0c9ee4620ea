import { tagOf, type AccountId, type KeyId, type PoolId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { bytesOfText } from '../crypto/encoding.ts'
import { hash } from '../crypto/hash.ts'
import { randomBytes } from '../crypto/keys.ts'
import { decodeBase32, encodeBase32 } from '../crypto/base32.ts'

/**
 * The text of an API key: `sk-kith-<pool tag>-<account tag>-<key id>-<secret><checksum>`.
 *
 * The checksum covers everything before it, so that a typing mistake is recognised without a look-up.
 */

const prefix = 'sk-kith-'
export const secretBytes = 32
/** 32 bytes, five bits a letter. */
const secretLength = 52
/** 30 bits. */
const checksumLength = 6
const wholeKey = new RegExp(
  `^${prefix}([0-9a-f]{6})-([0-9a-f]{6})-([0-9a-f]{16})-([0-9a-z]{${secretLength}})([0-9a-z]{${checksumLength}})$`,
)
/** Matches a cut or mistyped key. */
const brokenKey = new RegExp(`^${prefix}[0-9A-Za-z-]*$`)

export interface ParsedKey {
  readonly poolTag: string
  readonly accountTag: string
  readonly keyId: KeyId
  readonly secret: Uint8Array
}

export interface KeyNames {
  readonly poolId: PoolId
  readonly accountId: AccountId
  readonly keyId: KeyId
}

/** The plain key is shown once and stored nowhere. */
export function plainKeyOf(names: KeyNames, secret: Uint8Array): string {
  const body = `${beginningOf(names)}${encodeBase32(secret)}`
  return body + checksumOf(body)
}

/** Enough to recognise a key by; `tail` is its last four characters. */
export function maskedKey(names: KeyNames, tail: string): string {
  return `${beginningOf(names)}…${tail}`
}

export function tailOf(plainKey: string): string {
  return plainKey.slice(-4)
}

export function newSecret(): Uint8Array {
  return randomBytes(secretBytes)
}

/** Parses untrusted text: `key_malformed` when it is no key, `key_mistyped` when the key is damaged. */
export function parseKey(text: string): Result<ParsedKey> {
  const match = wholeKey.exec(text)
  const [, poolTag, accountTag, keyId, secretText, checksum] = match ?? []
  const secret = secretText === undefined ? null : decodeBase32(secretText, secretBytes)
  const isWhole = match && secret && checksum === checksumOf(text.slice(0, -checksumLength))
  if (!isWhole) return fail(brokenKey.test(text) ? 'key_mistyped' : 'key_malformed')
  return ok({ poolTag: poolTag ?? '', accountTag: accountTag ?? '', keyId: keyId as KeyId, secret })
}

function beginningOf({ poolId, accountId, keyId }: KeyNames): string {
  return `${prefix}${tagOf(poolId)}-${tagOf(accountId)}-${keyId}-`
}

function checksumOf(body: string): string {
  return encodeBase32(hash('kith/api-key-checksum/1', bytesOfText(body)).subarray(0, 4)).slice(0, checksumLength)
}
