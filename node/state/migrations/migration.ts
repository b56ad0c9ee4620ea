import type { Bee, BeeKind, RecordChange } from '../bee.ts'

/**
 * One step from a format to the next. A file each, numbered by the format it leads to, and never
 * changed once it was released: it knows the layout of its time by itself.
 */
export interface Migration {
  readonly kind: BeeKind
  /** The format it leads to, from the one before. */
  readonly format: number
  /** What has to change. It reads only; all changes and the new format number are written in one step. */
  changes(bee: Bee): Promise<readonly RecordChange[]>
}
