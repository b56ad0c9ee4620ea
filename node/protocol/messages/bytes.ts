import type { z } from 'zod'
import type { Encoder } from 'compact-encoding'
import { parseModestJson } from '../../base/json-shape.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { bytesOfText, textOfBytes } from '../../crypto/encoding.ts'

/** Bytes of a value as JSON. Only our own values come here. */
export function jsonBytes(value: unknown): Uint8Array {
  return bytesOfText(JSON.stringify(value))
}

/** Reads a peer's JSON: sized, parsed and checked against a schema; never throws. */
export function parseJson<T>(bytes: Uint8Array, schema: z.ZodType<T>, maxBytes: number): Result<T> {
  if (bytes.byteLength > maxBytes) return fail('too_large', { limit: `${maxBytes} bytes` })
  const text = textOfBytes(bytes)
  if (text === null) return fail('bad_request', { reason: 'not text' })
  let value: unknown
  try {
    value = parseModestJson(text)
  } catch {
    // The parser's message quotes the text, which may be a prompt: it is left out on purpose.
    return fail('bad_request', { reason: 'not JSON' })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  return fail('bad_request', { reason: `${issue?.path.join('.') ?? ''} ${issue?.code ?? ''}`.trim().slice(0, 200) })
}

/** Reads a fixed structure, to the last byte; never throws. */
export function parseStruct<T>(encoding: Encoder<T>, bytes: Uint8Array): Result<T> {
  const state = { buffer: bytes, start: 0, end: bytes.byteLength }
  try {
    const value = encoding.decode(state)
    if (state.start === state.end) return ok(value)
  } catch {
    // Truncated or out of range: one code for all unreadable bytes.
  }
  return fail('protocol_error')
}
