import sodium from 'sodium-native'
import { joinBytes } from './encoding.ts'
import { publicKeyBytes, randomBytes, wipe, type KeyPair } from './keys.ts'

export const boxKeyBytes = 32

/**
 * Seals bytes so that only the holder of an Ed25519 key can read them; the sender stays anonymous.
 *
 * Null when the key is not a valid curve point, because it may come from a peer.
 */
export function sealTo(publicKey: Uint8Array, plaintext: Uint8Array): Uint8Array | null {
  const curveKey = curvePublicKey(publicKey)
  if (!curveKey) return null
  const box = new Uint8Array(plaintext.byteLength + sodium.crypto_box_SEALBYTES)
  sodium.crypto_box_seal(box, plaintext, curveKey)
  return box
}

/** Opens what `sealTo` made for this key pair; null for anything else. */
export function openSealed(keyPair: KeyPair, box: Uint8Array): Uint8Array | null {
  const length = box.byteLength - sodium.crypto_box_SEALBYTES
  const curveKey = curvePublicKey(keyPair.publicKey)
  if (length < 0 || !curveKey) return null
  const curveSecret = new Uint8Array(32)
  sodium.crypto_sign_ed25519_sk_to_curve25519(curveSecret, keyPair.secretKey)
  const plaintext = new Uint8Array(length)
  const opened = sodium.crypto_box_seal_open(plaintext, box, curveKey, curveSecret)
  wipe(curveSecret)
  return opened ? plaintext : null
}

/**
 * Encrypts with XChaCha20-Poly1305 under a random nonce, which is the start of the box.
 *
 * `context` is authenticated but not stored: a box opens only where the same context is given.
 */
export function secretBox(key: Uint8Array, plaintext: Uint8Array, context: Uint8Array | null = null): Uint8Array {
  const nonce = randomBytes(sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
  const body = new Uint8Array(plaintext.byteLength + sodium.crypto_aead_xchacha20poly1305_ietf_ABYTES)
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(body, plaintext, context, null, nonce, key)
  return joinBytes(nonce, body)
}

/** Opens what `secretBox` made; null for another key, another context or changed bytes. */
export function openSecretBox(key: Uint8Array, box: Uint8Array, context: Uint8Array | null = null): Uint8Array | null {
  const nonceBytes = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
  const length = box.byteLength - nonceBytes - sodium.crypto_aead_xchacha20poly1305_ietf_ABYTES
  if (length < 0 || key.byteLength !== boxKeyBytes) return null
  const plaintext = new Uint8Array(length)
  try {
    const body = box.subarray(nonceBytes)
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(plaintext, null, body, context, box.subarray(0, nonceBytes), key)
  } catch {
    // Thrown when the box is not authentic.
    return null
  }
  return plaintext
}

function curvePublicKey(publicKey: Uint8Array): Uint8Array | null {
  if (publicKey.byteLength !== publicKeyBytes) return null
  const curveKey = new Uint8Array(32)
  try {
    sodium.crypto_sign_ed25519_pk_to_curve25519(curveKey, publicKey)
  } catch {
    // Thrown only for bytes that are no valid public key.
    return null
  }
  return curveKey
}
