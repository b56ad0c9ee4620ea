import { codeOf } from '../base/files.ts'
import { kithError, kithErrorSchema, type KithError } from '../contract/errors.ts'

/** The coded reason why a peer did not start: the one it carries, or what the system said. */
export function startFailure(cause: unknown): KithError {
  const carried = kithErrorSchema.safeParse(cause instanceof Error && 'error' in cause ? cause.error : null)
  if (carried.success) return carried.data
  const reason = codeOf(cause) ?? (cause instanceof Error ? cause.message : String(cause))
  return kithError('start_failed', { part: 'the peer', reason: reason.slice(0, 200) })
}
