import { bytesOfText, fromBase64Url, textOfBytes, toBase64Url } from '../crypto/encoding.ts'
import { openSecretBox, secretBox } from '../crypto/seal.ts'

/** A short secret as text that can be stored: it opens with the same key and context alone. */
export function sealText(key: Uint8Array, secret: string, context: string): string {
  return toBase64Url(secretBox(key, bytesOfText(secret), bytesOfText(context)))
}

/** Null for another key, another context, or a text that was changed. */
export function openText(key: Uint8Array, sealed: string, context: string): string | null {
  const box = fromBase64Url(sealed)
  const opened = box && openSecretBox(key, box, bytesOfText(context))
  return opened && textOfBytes(opened)
}
