import type { ErrorCode, KithError } from '../contract/errors.ts'

/** How a failure looks over HTTP. */
export interface ErrorShape {
  readonly status: number
  /** What kind of failure, in the words of the OpenAI API. */
  readonly type: string
  readonly code: string
  /** `no`: the same request fails again. `now`: it may succeed at once. `wait`: with `Retry-After`. */
  readonly retry: 'no' | 'now' | 'wait'
}

function shape(status: number, type: string, code: string, retry: ErrorShape['retry'] = 'no'): ErrorShape {
  return { status, type, code, retry }
}

const invalidKey = shape(401, 'invalid_request_error', 'invalid_api_key')
const badValue = shape(400, 'invalid_request_error', 'invalid_value')
const notAllowed = shape(403, 'permission_error', 'insufficient_permissions')
const noModel = shape(404, 'invalid_request_error', 'model_not_found')
const noCapacity = shape(503, 'server_error', 'no_capacity', 'wait')
const upstreamFailed = shape(502, 'server_error', 'upstream_error', 'now')
const upstreamLate = shape(504, 'server_error', 'upstream_timeout', 'now')
const ownFault = shape(500, 'server_error', 'internal_error', 'now')
const quotaSpent = shape(429, 'insufficient_quota', 'insufficient_quota')
const tooFast = shape(429, 'rate_limit_error', 'rate_limit_exceeded', 'wait')

/** The one place where codes of Kith become codes of HTTP. A code that is missing here is an internal error. */
const shapes: Partial<Record<ErrorCode, ErrorShape>> = {
  bad_request: badValue,
  too_large: shape(413, 'invalid_request_error', 'payload_too_large'),
  context_too_long: shape(400, 'invalid_request_error', 'context_length_exceeded'),
  route_unknown: shape(404, 'invalid_request_error', 'unknown_url'),
  host_refused: shape(403, 'permission_error', 'host_refused'),
  origin_refused: shape(403, 'permission_error', 'origin_refused'),

  key_missing: invalidKey,
  key_malformed: invalidKey,
  key_mistyped: invalidKey,
  key_unknown: invalidKey,
  key_foreign: invalidKey,
  key_revoked: invalidKey,
  key_disabled: invalidKey,
  key_expired: shape(401, 'invalid_request_error', 'token_expired'),
  session_invalid: invalidKey,
  session_expired: shape(401, 'invalid_request_error', 'token_expired'),
  not_signed_in: invalidKey,
  request_slow: shape(408, 'timeout_error', 'request_timeout', 'now'),
  credentials_wrong: shape(401, 'invalid_request_error', 'invalid_credentials'),
  password_wrong: shape(401, 'invalid_request_error', 'invalid_credentials'),
  account_unknown: shape(401, 'invalid_request_error', 'invalid_credentials'),
  slow_down: tooFast,
  key_not_ready: shape(503, 'server_error', 'key_not_ready', 'wait'),
  key_not_here: shape(403, 'permission_error', 'key_not_here'),
  key_scope_missing: notAllowed,
  key_model_refused: shape(403, 'permission_error', 'model_not_allowed'),
  username_taken: shape(409, 'invalid_request_error', 'conflict'),
  already_signed_in: shape(409, 'invalid_request_error', 'conflict'),
  username_invalid: badValue,
  password_too_short: badValue,

  member_suspended: notAllowed,
  provisional_lapsed: notAllowed,
  not_admitted: notAllowed,
  gateway_role_needed: notAllowed,
  pool_unknown: notAllowed,
  pool_dissolved: notAllowed,
  device_unlinked: notAllowed,
  restored_elsewhere: notAllowed,
  directory_stale: shape(503, 'server_error', 'no_capacity'),

  concurrency_reached: tooFast,
  limit_home_away: shape(503, 'server_error', 'limit_home_away', 'wait'),
  lease_invalid: upstreamFailed,
  queue_full: shape(429, 'rate_limit_error', 'queue_full', 'wait'),
  too_many_connections: shape(429, 'rate_limit_error', 'rate_limit_exceeded', 'wait'),

  no_model: noCapacity,
  model_not_found: noModel,
  nobody_online: noCapacity,
  model_unknown: noModel,
  sharing_off: noCapacity,
  nobody_shares: noCapacity,
  offline: noCapacity,
  machine_unreachable: noCapacity,
  shutting_down: shape(503, 'server_error', 'overloaded', 'wait'),

  machine_lost: upstreamFailed,
  protocol_error: upstreamFailed,
  version_mismatch: shape(502, 'server_error', 'upstream_error'),
  unknown_call: shape(502, 'server_error', 'upstream_error'),
  clock_off: shape(502, 'server_error', 'upstream_error'),
  own_clock_off: shape(502, 'server_error', 'upstream_error'),
  engine_unavailable: upstreamFailed,
  engine_failed: upstreamFailed,
  engine_refused: badValue,
  engine_crashed: upstreamFailed,
  engine_stopped: upstreamFailed,
  model_does_not_fit: shape(502, 'server_error', 'upstream_error'),
  model_corrupt: shape(502, 'server_error', 'upstream_error'),
  accept_timeout: upstreamLate,
  first_token_timeout: upstreamLate,
  load_timeout: upstreamLate,
  token_timeout: upstreamLate,
  total_timeout: shape(504, 'server_error', 'upstream_timeout'),

  // Only ever logged: the caller that stopped the request no longer reads.
  stopped: shape(499, 'server_error', 'client_closed_request'),
  storage_failed: shape(500, 'server_error', 'internal_error'),
  disk_full: shape(507, 'server_error', 'insufficient_storage'),
}

/**
 * A spent minute is over soon; a spent hour, day or month is not worth asking again for, and neither is a
 * request that needs more than the whole limit.
 */
export function errorShape(error: KithError): ErrorShape {
  if (error.code !== 'limit_reached') return shapes[error.code] ?? ownFault
  const { name, needed, limit } = error.details
  if (!/minute/i.test(String(name))) return quotaSpent
  return Number(needed) > Number(limit) ? { ...tooFast, retry: 'no' } : tooFast
}
