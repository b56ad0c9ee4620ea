import { describe, expect, it } from 'vitest'
import { errorCodes, kithError, type ErrorCode } from '../contract/errors.ts'
import { httpErrorSchema } from './schemas.ts'
import { errorShape } from './error-table.ts'
import { errorBody, retryAfterSeconds } from './errors.ts'

const resetsAt = '2026-11-25T12:00:00.000Z'
const nowMs = Date.parse(resetsAt) - 41_500

describe('errors over HTTP', () => {
  it.each<[ErrorCode, number, string, string, 'no' | 'now' | 'wait']>([
    ['bad_request', 400, 'invalid_request_error', 'invalid_value', 'no'],
    ['context_too_long', 400, 'invalid_request_error', 'context_length_exceeded', 'no'],
    ['too_large', 413, 'invalid_request_error', 'payload_too_large', 'no'],
    ['route_unknown', 404, 'invalid_request_error', 'unknown_url', 'no'],
    ['host_refused', 403, 'permission_error', 'host_refused', 'no'],
    ['origin_refused', 403, 'permission_error', 'origin_refused', 'no'],
    ['key_missing', 401, 'invalid_request_error', 'invalid_api_key', 'no'],
    ['key_mistyped', 401, 'invalid_request_error', 'invalid_api_key', 'no'],
    ['key_revoked', 401, 'invalid_request_error', 'invalid_api_key', 'no'],
    ['key_expired', 401, 'invalid_request_error', 'token_expired', 'no'],
    ['session_expired', 401, 'invalid_request_error', 'token_expired', 'no'],
    ['key_not_here', 403, 'permission_error', 'key_not_here', 'no'],
    ['key_scope_missing', 403, 'permission_error', 'insufficient_permissions', 'no'],
    ['key_model_refused', 403, 'permission_error', 'model_not_allowed', 'no'],
    ['pool_dissolved', 403, 'permission_error', 'insufficient_permissions', 'no'],
    ['member_suspended', 403, 'permission_error', 'insufficient_permissions', 'no'],
    ['key_not_ready', 503, 'server_error', 'key_not_ready', 'wait'],
    ['concurrency_reached', 429, 'rate_limit_error', 'rate_limit_exceeded', 'wait'],
    ['queue_full', 429, 'rate_limit_error', 'queue_full', 'wait'],
    ['limit_home_away', 503, 'server_error', 'limit_home_away', 'wait'],
    ['model_not_found', 404, 'invalid_request_error', 'model_not_found', 'no'],
    ['model_unknown', 404, 'invalid_request_error', 'model_not_found', 'no'],
    ['engine_refused', 400, 'invalid_request_error', 'invalid_value', 'no'],
    ['no_model', 503, 'server_error', 'no_capacity', 'wait'],
    ['sharing_off', 503, 'server_error', 'no_capacity', 'wait'],
    ['shutting_down', 503, 'server_error', 'overloaded', 'wait'],
    ['machine_lost', 502, 'server_error', 'upstream_error', 'now'],
    ['engine_failed', 502, 'server_error', 'upstream_error', 'now'],
    ['first_token_timeout', 504, 'server_error', 'upstream_timeout', 'now'],
    ['stopped', 499, 'server_error', 'client_closed_request', 'no'],
    ['internal', 500, 'server_error', 'internal_error', 'now'],
  ])('shows %s as %i', (code, status, type, httpCode, retry) => {
    expect(errorShape(kithError(code))).toEqual({ status, type, code: httpCode, retry })
  })

  it.each([
    ['requestsPerMinute', 'rate_limit_error', 'rate_limit_exceeded', 'wait'],
    ['tokensPerMinute', 'rate_limit_error', 'rate_limit_exceeded', 'wait'],
    ['requestsPerHour', 'insufficient_quota', 'insufficient_quota', 'no'],
    ['tokensPerDay', 'insufficient_quota', 'insufficient_quota', 'no'],
    ['tokensPerMonth', 'insufficient_quota', 'insufficient_quota', 'no'],
  ])('tells a spent minute from a spent quota: %s', (name, type, code, retry) => {
    const error = kithError('limit_reached', { name, limit: 10, left: 0, needed: 1, resetsAt })
    expect(errorShape(error)).toEqual({ status: 429, type, code, retry })
  })

  it('does not ask to try again what needs more than the whole limit', () => {
    const error = kithError('limit_reached', {
      name: 'tokensPerMinute',
      limit: 100,
      left: 100,
      needed: 5_000,
      resetsAt,
    })
    expect(errorShape(error)).toMatchObject({ status: 429, retry: 'no' })
  })

  it('waits whole seconds, at least one, until the limit starts anew', () => {
    const reached = (at: string) => kithError('limit_reached', { name: 'requestsPerMinute', limit: 3, resetsAt: at })
    expect(retryAfterSeconds(reached(resetsAt), nowMs)).toBe(42)
    expect(retryAfterSeconds(reached('2026-11-25T11:00:00.000Z'), nowMs)).toBe(1)
    expect(retryAfterSeconds(kithError('key_not_ready', { seconds: 3 }), nowMs)).toBe(3)
    expect(retryAfterSeconds(kithError('queue_full'), nowMs)).toBeGreaterThanOrEqual(1)
    expect(retryAfterSeconds(kithError('machine_lost'), nowMs)).toBeNull()
  })

  it('has the four fields that clients read, and our own code beside them', () => {
    for (const code of errorCodes) httpErrorSchema.parse(errorBody(kithError(code)))
    expect(errorBody(kithError('key_model_refused', { model: 'gemma' }), 'model')).toEqual({
      error: {
        message: 'That API key may not use the model "gemma". Choose one it allows.',
        type: 'permission_error',
        param: 'model',
        code: 'model_not_allowed',
        kith: { code: 'key_model_refused', details: { model: 'gemma' } },
      },
    })
  })
})
