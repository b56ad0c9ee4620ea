import { CodedError } from '../base/coded-error.ts'
import { codeOf } from '../base/files.ts'
import { fail, type Result } from '../contract/result.ts'

const diskFullCodes: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])

/** Maps errors of Corestore, RocksDB and the file system to our error codes. */
export function storageFailure(cause: unknown): Result<never> {
  const errors = chainOf(cause)
  const codes = errors.map(codeOf)
  const coded = errors.find((cause) => cause instanceof CodedError)
  if (coded) return { ok: false, error: coded.error }
  if (errors.some(isHeldElsewhere)) return fail('profile_in_use')
  if (codes.includes('DEVICE_FILE')) return fail('profile_copied')
  if (codes.some((code) => code !== null && diskFullCodes.has(code))) {
    return fail('disk_full', { needed: 'more space', free: 'none is' })
  }
  return fail('storage_failed', { reason: errors.map(textOf).join(': ').slice(0, 200) })
}

/** Further causes say nothing more, and a cause may lead back to its own error. */
const maxCauses = 8

/** An error and its causes: RocksDB's "Batch was not applied" has its reason only in the cause. */
function chainOf(cause: unknown, depth = maxCauses): unknown[] {
  if (!(cause instanceof Error) || depth === 0) return [cause]
  const behind: unknown[] = cause instanceof AggregateError ? cause.errors : [cause.cause]
  return [cause, ...behind.filter((one) => one !== undefined).flatMap((one) => chainOf(one, depth - 1))]
}

/** The lock Corestore takes on its folder (fd-lock 2.2.0, index.js) throws an error with this text and no code. */
function isHeldElsewhere(cause: unknown): boolean {
  return cause instanceof Error && cause.message === 'File descriptor could not be locked'
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
