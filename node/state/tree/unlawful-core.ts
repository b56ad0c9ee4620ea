import { CodedError } from '../../base/coded-error.ts'
import { kithError } from '../../contract/errors.ts'

/** Why a core is no longer read: its blocks are none that Hyperbee writes, or it is longer than its kind may be. */
export type UnlawfulCode = 'records_malformed' | 'records_too_long'

/** Another device wrote a core that no honest device writes. Reading it again would end the same way. */
export class UnlawfulCore extends CodedError {
  constructor(
    readonly code: UnlawfulCode,
    readonly reason: string,
  ) {
    super(kithError(code, { reason }))
    this.name = 'UnlawfulCore'
  }
}

/** Ends the reading of a core whose blocks break the law of bees (docs/decisions/0185). */
export function malformed(reason: string): never {
  throw new UnlawfulCore('records_malformed', reason)
}
