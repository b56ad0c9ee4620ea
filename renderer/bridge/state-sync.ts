import type { ContractClient } from '../../node/contract/api.ts'
import type { EventPayload } from '../../node/contract/contract.ts'
import { ok, type Result } from '../../node/contract/result.ts'
import { appStateSchema, type AppState, type SliceName } from '../../node/contract/state.ts'

type Delta = EventPayload<'state'>

/** Where the state goes: stores in the window, a plain object in tests. */
export interface StateSink {
  replaceAll(state: AppState): void
  replaceSlice<K extends SliceName>(slice: K, value: AppState[K]): void
}

/** More deltas than this while a snapshot is on its way means that something is stuck; a new snapshot covers them. */
const maxWaiting = 5_000
/** Snapshots in a row before what is held counts as good; the next gap asks again. */
const maxAttempts = 3

/**
 * Keeps a copy of the peer's state: one snapshot, then deltas in sequence.
 *
 * A gap, or a delta that does not fit the contract, asks for a new snapshot.
 */
export class StateSync {
  readonly #client: ContractClient<'state.snapshot'>
  readonly #sink: StateSink
  #sequence: number | null = null
  #waiting: Delta[] = []
  #fetch: Promise<Result<void>> | null = null

  constructor(client: ContractClient<'state.snapshot'>, sink: StateSink) {
    this.#client = client
    this.#sink = sink
  }

  /** Listens and asks for the first snapshot. Resolves once the sink holds a whole state. */
  async start(): Promise<Result<() => void>> {
    const stop = this.#client.listen('state', (delta) => {
      this.#receive(delta)
    })
    const first = await this.#refetch()
    if (first.ok) return { ok: true, value: stop }
    stop()
    return first
  }

  #receive(delta: Delta): void {
    if (this.#fetch !== null || this.#sequence === null) {
      if (this.#waiting.length < maxWaiting) this.#waiting.push(delta)
      return
    }
    if (delta.sequence <= this.#sequence) return
    if (delta.sequence !== this.#sequence + 1 || !this.#apply(delta)) void this.#refetch()
  }

  #apply(delta: Delta): boolean {
    const parsed = appStateSchema.shape[delta.slice].safeParse(delta.value)
    if (!parsed.success) return false
    this.#sink.replaceSlice(delta.slice, parsed.data)
    this.#sequence = delta.sequence
    return true
  }

  #refetch(): Promise<Result<void>> {
    this.#fetch ??= this.#takeSnapshot().finally(() => {
      this.#fetch = null
    })
    return this.#fetch
  }

  async #takeSnapshot(): Promise<Result<void>> {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const snapshot = await this.#client.call('state.snapshot', {})
      if (!snapshot.ok) return snapshot
      this.#sequence = snapshot.value.sequence
      this.#sink.replaceAll(snapshot.value.state)
      if (this.#applyWaiting(snapshot.value.sequence)) break
    }
    return ok()
  }

  /** Applies what arrived meanwhile; false when something between is missing. */
  #applyWaiting(sequence: number): boolean {
    const waiting = this.#waiting
      .filter((delta) => delta.sequence > sequence)
      .sort((first, second) => first.sequence - second.sequence)
    this.#waiting = []
    return waiting.every((delta, place) => delta.sequence === sequence + place + 1 && this.#apply(delta))
  }
}
