import type { FastifyError } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { kithError } from '../contract/errors.ts'
import { HttpRefusal } from './errors.ts'
import { maxHttpBodyBytes } from './schemas.ts'

/** An error from a route or the framework, in our words; any other is an internal error. */
export function refusalOf(error: unknown, requestId: string, bodyLimit = maxHttpBodyBytes): HttpRefusal {
  if (error instanceof HttpRefusal) return error
  const bodyRefusal = refusalOfBody(error)
  if (bodyRefusal) return bodyRefusal
  const { statusCode: status = 500, code } = error as FastifyError
  if (status === 413) return new HttpRefusal(kithError('too_large', { limit: `${bodyLimit} bytes` }))
  if (status === 415) return new HttpRefusal(kithError('bad_request', { reason: 'the body must be JSON' }), null, 415)
  if (status < 500) {
    const isBadJson = code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError
    return new HttpRefusal(
      kithError('bad_request', { reason: isBadJson ? 'no valid JSON' : code || 'the request is malformed' }),
    )
  }
  return new HttpRefusal(kithError('internal', { reference: requestId.slice(0, 8) }))
}

/** A body that its schema refuses: names the field at fault, never its value. */
function refusalOfBody(error: unknown): HttpRefusal | null {
  if (!hasZodFastifySchemaValidationErrors(error)) return null
  const issue = error.validation[0]
  const param = issue?.instancePath.slice(1).replaceAll('/', '.') || null
  const reason = `${param ?? 'body'}: ${issue?.message ?? 'invalid'}`
  return new HttpRefusal(kithError('bad_request', { reason: reason.slice(0, 300) }), param)
}
