import { z } from 'zod'
import { errorCodes, kithError, type KithError } from '../../contract/errors.ts'
import { jsonBytes, parseJson } from './bytes.ts'

const wireErrorSchema = z.object({
  code: z.string().max(64),
  details: z.record(z.string().max(64), z.union([z.string().max(1_000), z.number()])),
})

/** A failure on the wire: the code and its details. The sentence is made by whoever reads it. */
export function wireErrorBytes(error: KithError): Uint8Array {
  return jsonBytes({ code: error.code, details: error.details })
}

/** Never fails: a code this version does not know, or bytes it cannot read, become `protocol_error`. */
export function readWireError(bytes: Uint8Array): KithError {
  const parsed = parseJson(bytes, wireErrorSchema, 16 * 1024)
  if (!parsed.ok) return kithError('protocol_error')
  const code = errorCodes.find((known) => known === parsed.value.code)
  return code ? kithError(code, parsed.value.details) : kithError('protocol_error')
}
