import type { BeeKind } from '../../base/core-limits.ts'
import type { Bee, RecordChange } from '../bee.ts'

/**
 * One step from a format to the next, in a file numbered by the format it leads to. It has its own copy of the
 * layout and is never changed after its release.
 */
export interface Migration {
  readonly kind: BeeKind
  /** The format it leads to. */
  readonly format: number
  /** The changes to make. Must not write: changes and format number are written together in one step. */
  changes(bee: Bee): Promise<readonly RecordChange[]>
}
