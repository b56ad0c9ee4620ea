import { fail, ok, type Result } from '../contract/result.ts'
import { decodeBase32, encodeBase32 } from '../crypto/base32.ts'
import { joinBytes } from '../crypto/encoding.ts'
import { equalBytes, hash } from '../crypto/hash.ts'
import { keyPairFromSeed, randomBytes, type KeyPair } from '../crypto/keys.ts'

/**
 * The code that links a device: 104 random bits and a checksum of 16, in six groups of four letters.
 *
 * Both devices derive two key pairs from it. One listens on the first, the other dials with the second;
 * the Noise handshake then proves to each that the other knows the code, which itself never travels.
 */
const secretBytes = 13
const checksumBytes = 2
const groups = 6
const groupLetters = 4

export const linkingCodeLifetimeMs = 10 * 60_000

export interface LinkingKeys {
  /** Key pair of the device that shows the code. */
  readonly host: KeyPair
  /** Key pair of the device on which it is typed. */
  readonly guest: KeyPair
}

export function newLinkingCode(): { readonly code: string; readonly keys: LinkingKeys } {
  const secret = randomBytes(secretBytes)
  const letters = encodeBase32(joinBytes(secret, checksumOf(secret))).toUpperCase()
  const parts = Array.from({ length: groups }, (_, at) => letters.slice(at * groupLetters, (at + 1) * groupLetters))
  return { code: parts.join('-'), keys: keysOf(secret) }
}

/** Reads a code as people type it: any case, any separators, and the letters that look like digits. */
export function readLinkingCode(typed: string): Result<LinkingKeys> {
  const letters = typed
    .toLowerCase()
    .replace(/[\s\p{Pd}.,]+/gu, '')
    .replaceAll(/[il]/g, '1')
    .replaceAll('o', '0')
  const bytes = decodeBase32(letters, secretBytes + checksumBytes)
  if (!bytes) return fail('link_code_malformed')
  const secret = bytes.subarray(0, secretBytes)
  if (!equalBytes(bytes.subarray(secretBytes), checksumOf(secret))) return fail('link_code_malformed')
  return ok(keysOf(secret))
}

function checksumOf(secret: Uint8Array): Uint8Array {
  return hash('kith/link-code/1', secret).slice(0, checksumBytes)
}

function keysOf(secret: Uint8Array): LinkingKeys {
  return {
    host: keyPairFromSeed(hash('kith/link-host/1', secret)),
    guest: keyPairFromSeed(hash('kith/link-guest/1', secret)),
  }
}
