import { kithError, type ErrorCode, type ErrorDetails, type KithError } from './errors.ts'

/** Success or an expected failure. Crosses every boundary of Kith; a thrown error is a bug. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: KithError }

export function ok(): Result<void>
export function ok<T>(value: T): Result<T>
export function ok<T>(value?: T): Result<T | undefined> {
  return { ok: true, value }
}

/** A failed result with a code of the catalogue. Assignable to any `Result<T>`. */
export function fail(code: ErrorCode, details?: ErrorDetails): { readonly ok: false; readonly error: KithError } {
  return { ok: false, error: kithError(code, details) }
}

/** Closes a switch over a union: the compiler complains when a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`)
}
