import type { KithError } from '../contract/errors.ts'

/**
 * An expected failure that ends a start. `start` has no other way out, so the code rides on the error;
 * hosts read it back from `error`.
 */
export class CodedError extends Error {
  constructor(readonly error: KithError) {
    super(error.message)
    this.name = 'CodedError'
  }
}
