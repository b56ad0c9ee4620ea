import { z } from 'zod'
import { fromBase64Url, fromHex, toBase64Url, toHex } from '../../crypto/encoding.ts'

/** Building blocks of what accounts store and sign. */

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)

/** A key or seed of fixed length: bytes in memory, hexadecimal in JSON. */
export function hexField(length: number): z.ZodCodec<z.ZodString, typeof bytes> {
  return z.codec(z.string().regex(new RegExp(`^[0-9a-f]{${length * 2}}$`)), bytes, {
    decode: (text) => fromHex(text) ?? new Uint8Array(length),
    encode: toHex,
  })
}

/** Bytes of any length up to a limit: base64url in JSON. */
export function base64Field(maxBytes: number): z.ZodCodec<z.ZodString, typeof bytes> {
  const text = z
    .string()
    .max(Math.ceil((maxBytes * 4) / 3))
    .refine((value) => fromBase64Url(value) !== null)
  return z.codec(text, bytes, { decode: (value) => fromBase64Url(value) ?? new Uint8Array(), encode: toBase64Url })
}

/** A 32-byte public key in hexadecimal, for keys that have no id type. */
export const publicKeyField = z.string().regex(/^[0-9a-f]{64}$/)
export const timeField = z.number().int().min(0).max(8_640_000_000_000_000)
export const countField = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
export const poolNameField = z.string().min(1).max(40)
export const deviceNameField = z.string().min(1).max(80)
