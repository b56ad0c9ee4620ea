import { z } from 'zod'
import { bytesOfText, fromBase64Url, joinBytes, textOfBytes, toBase64Url } from '../crypto/encoding.ts'
import { openSecretBox, secretBox } from '../crypto/seal.ts'

/** The part of a key record that only the account itself can read. */
export interface KeyLabel {
  readonly name: string
  /** The last characters of the plain key. */
  readonly tail: string
}

const labelSchema = z.object({ name: z.string().max(60), tail: z.string().max(4) })
/** Labels are padded to this length, so that the sealed length does not tell that of the name. */
const paddedBytes = 320

export function sealLabel(labelKey: Uint8Array, keyId: string, label: KeyLabel): string {
  const text = bytesOfText(JSON.stringify(label))
  const padded = joinBytes(text, new Uint8Array(Math.max(0, paddedBytes - text.byteLength)).fill(0x20))
  return toBase64Url(secretBox(labelKey, padded, bytesOfText(keyId)))
}

/** Null for a label of another account or another key. */
export function openLabel(labelKey: Uint8Array, keyId: string, sealed: string): KeyLabel | null {
  const box = fromBase64Url(sealed)
  const opened = box ? openSecretBox(labelKey, box, bytesOfText(keyId)) : null
  const text = opened ? textOfBytes(opened) : null
  if (text === null) return null
  try {
    const parsed = labelSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    // Not JSON.
    return null
  }
}
