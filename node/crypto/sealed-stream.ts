import sodium from 'sodium-native'
import { boxKeyBytes } from './seal.ts'

/** How much longer a sealed message is than what it holds. */
export const sealBytes = sodium.crypto_aead_xchacha20poly1305_ietf_ABYTES

/**
 * One direction of a conversation, encrypted with XChaCha20-Poly1305; one side seals, the other opens.
 *
 * The nonce is the number of the message, so one that is repeated, left out or out of order does not open.
 * The key must belong to this direction of this one conversation, or a nonce would serve twice.
 */
export class SealedStream {
  readonly #key: Uint8Array
  #count = 0n

  constructor(key: Uint8Array) {
    if (key.byteLength !== boxKeyBytes) throw new Error('A key of a stream has 32 bytes')
    this.#key = key
  }

  seal(plaintext: Uint8Array): Uint8Array {
    const box = new Uint8Array(plaintext.byteLength + sealBytes)
    sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(box, plaintext, null, null, this.#nextNonce(), this.#key)
    return box
  }

  /** Null for anything but the next message of the other side; the conversation is to end then. */
  open(box: Uint8Array): Uint8Array | null {
    if (box.byteLength < sealBytes) return null
    const plaintext = new Uint8Array(box.byteLength - sealBytes)
    try {
      sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(plaintext, null, box, null, this.#nextNonce(), this.#key)
    } catch {
      // Thrown when the box is not authentic.
      return null
    }
    return plaintext
  }

  #nextNonce(): Uint8Array {
    const nonce = new Uint8Array(sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    new DataView(nonce.buffer).setBigUint64(0, this.#count, true)
    this.#count += 1n
    return nonce
  }
}
