import type { EventPayload } from '../../contract/contract.ts'
import type { AppState, SliceName } from '../../contract/state.ts'
import type { SliceChanges } from './slice-changes.ts'

/** Changes within this time travel together. */
const coalesceMs = 16

/** Computes one slice from what the peer is now. */
export type SliceSources = { readonly [S in SliceName]: () => AppState[S] }

/**
 * The state as windows see it: a snapshot first, then slices that changed, numbered without a gap.
 */
export class StatePublisher {
  readonly #stale = new Set<SliceName>()
  readonly #shown = new Map<SliceName, string>()
  #sequence = 0
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  constructor(
    private readonly sources: SliceSources,
    changes: SliceChanges,
    private readonly emit: (event: EventPayload<'state'>) => void,
  ) {
    changes.follow((slices) => this.#invalidate(slices === 'all' ? (Object.keys(sources) as SliceName[]) : slices))
  }

  /** Slices that are as they were last sent are not sent again. */
  #invalidate(slices: readonly SliceName[]): void {
    if (this.#isClosed) return
    for (const slice of slices) this.#stale.add(slice)
    this.#timer ??= setTimeout(() => this.flush(), coalesceMs)
  }

  snapshot(): { sequence: number; state: AppState } {
    this.flush()
    const state = Object.fromEntries(
      Object.entries(this.sources).map(([slice, source]) => [slice, source()]),
    ) as unknown as AppState
    return { sequence: this.#sequence, state }
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const stale = [...this.#stale]
    this.#stale.clear()
    for (const slice of stale) {
      const value = this.sources[slice]()
      const text = JSON.stringify(value)
      if (this.#shown.get(slice) === text) continue
      this.#shown.set(slice, text)
      this.#sequence += 1
      this.emit({ sequence: this.#sequence, slice, value })
    }
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer) clearTimeout(this.#timer)
  }
}
