import { fail, type Result } from '../contract/result.ts'

/** What an error says, with what caused it: RocksDB names the reason only there. */
function text(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause === undefined ? cause.message : `${cause.message}: ${text(cause.cause)}`
}

function code(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

/** Maps what Corestore, RocksDB and the file system report to the catalogue. */
export function storageFailure(cause: unknown): Result<never> {
  const reason = text(cause)
  // Corestore has no code for a folder that another process holds (docs/known-issues.md).
  if (/could not be locked|LOCK/.test(reason)) return fail('profile_in_use')
  if (code(cause) === 'DEVICE_FILE' || /device file/i.test(reason)) return fail('profile_copied')
  if (code(cause) === 'ENOSPC' || /No space left/i.test(reason))
    return fail('disk_full', { needed: 'more space', free: 'none is' })
  return fail('storage_failed', { reason: reason.slice(0, 200) })
}
