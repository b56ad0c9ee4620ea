import type { z } from 'zod'
import { parseModestJson } from '../base/json-shape.ts'

/** Largest record in any bee. */
const maxRecordBytes = 1024 * 1024

/** The bytes of a record; throws before anything is written where they are too many. */
export function encode(value: unknown): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(value))
  if (bytes.byteLength > maxRecordBytes) throw new RangeError('Record too large')
  return bytes
}

/** What a record holds; null where it cannot be read. */
export function parse(bytes: Uint8Array): unknown {
  if (bytes.byteLength > maxRecordBytes) return null
  try {
    return parseModestJson(Buffer.from(bytes).toString('utf8'))
  } catch {
    // Another member's bee may hold malformed values; they read as null.
    return null
  }
}

/** What a record holds, if it is as it should be. */
export function decode<T>(bytes: Uint8Array, schema: z.ZodType<T>): T | null {
  const parsed = schema.safeParse(parse(bytes))
  return parsed.success ? parsed.data : null
}
