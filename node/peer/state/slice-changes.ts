import { Listeners } from '../../base/listeners.ts'
import type { SliceName } from '../../contract/state.ts'

/** Tells the publisher which slices may have changed. It is made first, as the publisher reads what reports here. */
export class SliceChanges {
  readonly #listeners = new Listeners<readonly SliceName[] | 'all'>()

  invalidate(...slices: SliceName[]): void {
    this.#listeners.emit(slices)
  }

  invalidateAll(): void {
    this.#listeners.emit('all')
  }

  follow(listener: (slices: readonly SliceName[] | 'all') => void): void {
    this.#listeners.add(listener)
  }
}
