import sodium from 'sodium-native'
import { bytesOfText, joinBytes } from './encoding.ts'
import { publicKeyBytes } from './keys.ts'
import type { SignPurpose } from './purposes.ts'

export const signatureBytes = 64

export function sign(purpose: SignPurpose, message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  const signature = new Uint8Array(signatureBytes)
  sodium.crypto_sign_detached(signature, bound(purpose, message), secretKey)
  return signature
}

/** Whether the key signed this message for this purpose. Any bytes may be given; nothing is thrown. */
export function verify(
  purpose: SignPurpose,
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  if (signature.byteLength !== signatureBytes || publicKey.byteLength !== publicKeyBytes) return false
  return sodium.crypto_sign_verify_detached(signature, bound(purpose, message), publicKey)
}

/** Purposes contain no zero byte, so a zero byte separates purpose and message without ambiguity. */
function bound(purpose: SignPurpose, message: Uint8Array): Uint8Array {
  return joinBytes(bytesOfText(purpose), new Uint8Array(1), message)
}
