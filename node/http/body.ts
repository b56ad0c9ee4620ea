import type { z } from 'zod'
import { kithError } from '../contract/errors.ts'
import { HttpRefusal } from './errors.ts'

/** Reads a body by its schema; refuses with the field at fault, never with its value. */
export function readBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const param = issue?.path.join('.') || null
  const reason = `${param ?? 'body'}: ${issue?.message ?? 'invalid'}`
  throw new HttpRefusal(kithError('bad_request', { reason: reason.slice(0, 300) }), param)
}
