import type { z } from 'zod'
import { parseModestJson } from '../base/json-shape.ts'
import { bytesOfText, joinBytes, textOfBytes } from './encoding.ts'
import type { SignPurpose } from './purposes.ts'
import { sign, signatureBytes, verify } from './sign.ts'

/** A record as it was signed. The exact bytes are kept, so verifying never encodes a record again. */
export interface SignedBytes {
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
}

export const maxRecordBytes = 16 * 1024

/** Signs a record: the UTF-8 JSON of an array whose first item is the version. */
export function signRecord(
  purpose: SignPurpose,
  record: readonly [version: number, ...fields: unknown[]],
  secretKey: Uint8Array,
): SignedBytes {
  const bytes = bytesOfText(JSON.stringify(record))
  return { bytes, signature: sign(purpose, bytes, secretKey) }
}

/** Reads a record whose signer is known. Null when size, signature or shape is wrong. */
export function openRecord<S extends z.ZodType>(
  purpose: SignPurpose,
  signed: SignedBytes,
  publicKey: Uint8Array,
  schema: S,
): z.output<S> | null {
  if (signed.bytes.byteLength > maxRecordBytes) return null
  if (!verify(purpose, signed.bytes, signed.signature, publicKey)) return null
  return parseRecord(signed.bytes, schema)
}

/** Reads a record that names its own signer. Null when that signer did not sign it. */
export function openSelfSigned<S extends z.ZodType>(
  purpose: SignPurpose,
  signed: SignedBytes,
  schema: S,
  signerOf: (record: z.output<S>) => Uint8Array,
): z.output<S> | null {
  if (signed.bytes.byteLength > maxRecordBytes) return null
  const record = parseRecord(signed.bytes, schema)
  if (record === null) return null
  return verify(purpose, signed.bytes, signed.signature, signerOf(record)) ? record : null
}

/** One byte string for storage and the wire: the signature, then the record. */
export function packSigned(signed: SignedBytes): Uint8Array {
  return joinBytes(signed.signature, signed.bytes)
}

/** Takes apart what `packSigned` made; null when it cannot be that. Verifies nothing. */
export function unpackSigned(packed: Uint8Array): SignedBytes | null {
  if (packed.byteLength <= signatureBytes || packed.byteLength > signatureBytes + maxRecordBytes) return null
  return { signature: packed.slice(0, signatureBytes), bytes: packed.slice(signatureBytes) }
}

function parseRecord<S extends z.ZodType>(bytes: Uint8Array, schema: S): z.output<S> | null {
  const text = textOfBytes(bytes)
  if (text === null) return null
  let value: unknown
  try {
    value = parseModestJson(text)
  } catch {
    // Not JSON.
    return null
  }
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : null
}
