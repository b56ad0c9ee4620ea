import sodium from 'sodium-native'

/** An Ed25519 key pair. */
export interface KeyPair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** 64 bytes: the seed, then the public key. */
  readonly secretKey: Uint8Array
}

export const seedBytes = 32
export const publicKeyBytes = 32
export const secretKeyBytes = 64

/** The key pair of a 32-byte seed; the same seed gives the same pair. */
export function keyPairFromSeed(seed: Uint8Array): KeyPair {
  const publicKey = new Uint8Array(publicKeyBytes)
  const secretKey = new Uint8Array(secretKeyBytes)
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed)
  return { publicKey, secretKey }
}

/** The key pair of a secret key, for example one read from a vault. */
export function keyPairFromSecretKey(secretKey: Uint8Array): KeyPair {
  return keyPairFromSeed(secretKey.subarray(0, seedBytes))
}

/** Bytes from the system's random source. */
export function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  sodium.randombytes_buf(bytes)
  return bytes
}

/** Overwrites a secret that is no longer needed. */
export function wipe(bytes: Uint8Array): void {
  sodium.sodium_memzero(bytes)
}
