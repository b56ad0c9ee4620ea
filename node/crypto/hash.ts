import sodium from 'sodium-native'
import { seedBytes } from './keys.ts'
import { bytesOfText } from './encoding.ts'

/** BLAKE2b-256 for one purpose. Every part carries its length, so bytes cannot slide between parts. */
export function hash(purpose: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const output = new Uint8Array(32)
  sodium.crypto_generichash_batch(output, framed(purpose, parts))
  return output
}

/**
 * A 32-byte seed derived from a secret (16 to 64 bytes) for one purpose and context.
 *
 * The secret keys the hash, so that the seed tells nothing about the secret or its other seeds.
 */
export function deriveSeed(secret: Uint8Array, purpose: string, ...context: readonly Uint8Array[]): Uint8Array {
  const output = new Uint8Array(seedBytes)
  sodium.crypto_generichash_batch(output, framed(purpose, context), secret)
  return output
}

/** Compares in constant time; lengths are not secret. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && (left.byteLength === 0 || sodium.sodium_memcmp(left, right))
}

function framed(purpose: string, parts: readonly Uint8Array[]): Uint8Array[] {
  return [bytesOfText(purpose), ...parts].flatMap((part) => [lengthOf(part), part])
}

function lengthOf(part: Uint8Array): Uint8Array {
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, part.byteLength)
  return length
}
