import type { FastifyReply } from 'fastify'
import type { HttpError } from './schemas.ts'
import type { KithError } from '../contract/errors.ts'
import { errorShape } from './error-table.ts'

/** A refusal on its way to the caller. Thrown inside routes and caught by the server's one error handler. */
export class HttpRefusal extends Error {
  constructor(
    readonly kithError: KithError,
    /** The field of the request that is at fault. */
    readonly param: string | null = null,
    /** Where HTTP has a better status than the code alone says. */
    readonly status: number | null = null,
  ) {
    super(kithError.code)
  }
}

/** The body of a refusal, in the shape that OpenAI clients read. */
export function errorBody(error: KithError, param: string | null = null): HttpError {
  const { type, code } = errorShape(error)
  return { error: { message: error.message, type, param, code, kith: { code: error.code, details: error.details } } }
}

/** Sends a refusal: status, headers and body. */
export function sendError(reply: FastifyReply, refusal: HttpRefusal, nowMs: number): FastifyReply {
  const { kithError, param } = refusal
  const shape = errorShape(kithError)
  const status = refusal.status ?? shape.status
  reply.header('x-should-retry', String(shape.retry !== 'no'))
  if (shape.retry !== 'no') {
    const waitSeconds = retryAfterSeconds(kithError, nowMs)
    if (waitSeconds !== null) reply.header('retry-after', String(waitSeconds))
  }
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(status).send(errorBody(kithError, param))
}

/** Where the length of the wait is unknown. */
const busySeconds = 5
const awaySeconds = 30

/** Whole seconds, at least 1; null where trying again needs no wait. */
export function retryAfterSeconds(error: KithError, nowMs: number): number | null {
  const { retry } = errorShape(error)
  const { resetsAtMs, resetsAt, seconds } = error.details
  // The device that counts may be back long before the limit resets.
  if (error.code === 'limit_home_away') return awaySeconds
  const endsAtMs = typeof resetsAtMs === 'number' ? resetsAtMs : Date.parse(String(resetsAt))
  if (Number.isFinite(endsAtMs)) return Math.max(1, Math.ceil((endsAtMs - nowMs) / 1_000))
  if (typeof seconds === 'number' && retry === 'wait') return Math.max(1, Math.ceil(seconds))
  return retry === 'wait' ? busySeconds : null
}
