import { fromBase64Url, toBase64Url } from '../../crypto/encoding.ts'
import { packSigned, unpackSigned, type SignedBytes } from '../../crypto/signed-record.ts'

/** A signed record as text, for JSON records and messages. */
export function signedToText(signed: SignedBytes): string {
  return toBase64Url(packSigned(signed))
}

/** Reads what `signedToText` wrote; null if malformed. Verifies no signature. */
export function signedFromText(text: string): SignedBytes | null {
  const packed = fromBase64Url(text)
  return packed ? unpackSigned(packed) : null
}
