import type { ErrorCode } from '../contract/errors.ts'

/** Failures of one machine that another may not have. */
const retryable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'machine_unreachable',
  'machine_lost',
  'accept_timeout',
  'first_token_timeout',
  'load_timeout',
  'too_many_connections',
  'protocol_error',
  'version_mismatch',
  'unknown_call',
  'not_admitted',
  'member_suspended',
  'provisional_lapsed',
  'directory_stale',
  'sharing_off',
  'limit_home_away',
  'lease_invalid',
  'no_model',
  'model_unknown',
  'model_does_not_fit',
  'model_corrupt',
  'queue_full',
  'shutting_down',
  'engine_unavailable',
  'engine_failed',
  'engine_crashed',
  'engine_stopped',
  'internal',
])

/** Whether a request that failed before its first token may do better on another machine. */
export function isRetryable(code: ErrorCode): boolean {
  return retryable.has(code)
}
