import { Listeners } from '../../base/listeners.ts'
import type { SliceName } from '../../contract/state.ts'

/** Carries word of what may have changed from all that runs to the publisher, which is made of it and after it. */
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
