import { Listeners } from '../base/listeners.ts'
import type { ContractClient } from '../contract/api.ts'
import { appStateSchema, type AppState } from '../contract/state.ts'
import { ok, type Result } from '../contract/result.ts'

/** The peer's state, kept current: a snapshot first, then its deltas. */
export interface StateView {
  readonly state: AppState
  /** Waits until `find` returns something; null after the deadline or when the signal fires. */
  waitFor<T>(find: (state: AppState) => T | null, deadlineMs: number, signal: AbortSignal): Promise<T | null>
  close(): void
}

interface Delta {
  readonly sequence: number
  readonly slice: keyof AppState
  readonly value: unknown
}

export async function watchState(client: ContractClient): Promise<Result<StateView>> {
  const early: Delta[] = []
  const changes = new Listeners()
  let current: { sequence: number; state: AppState } | null = null

  const apply = (delta: Delta): void => {
    if (!current || delta.sequence <= current.sequence) return
    const value = appStateSchema.shape[delta.slice].safeParse(delta.value)
    if (value.success) current = { sequence: delta.sequence, state: { ...current.state, [delta.slice]: value.data } }
    changes.emit()
  }
  // Listening before asking, so that no delta falls between the two.
  const unlistenState = client.listen('state', (delta) => (current ? apply(delta) : early.push(delta)))
  const snapshot = await client.call('state.snapshot', {})
  if (!snapshot.ok) {
    unlistenState()
    return snapshot
  }
  current = snapshot.value
  early.forEach(apply)
  const latest = snapshot.value

  const view: StateView = {
    get state() {
      return (current ?? latest).state
    },
    waitFor(find, deadlineMs, signal) {
      return new Promise((resolve) => {
        const check = (): void => {
          const found = find(view.state)
          if (found !== null) finish(found)
        }
        const giveUp = (): void => finish(null)
        const finish = (found: ReturnType<typeof find>): void => {
          clearTimeout(timer)
          unlisten()
          signal.removeEventListener('abort', giveUp)
          resolve(found)
        }
        const timer = setTimeout(giveUp, deadlineMs)
        signal.addEventListener('abort', giveUp, { once: true })
        const unlisten = changes.add(check)
        if (signal.aborted) giveUp()
        else check()
      })
    },
    close: unlistenState,
  }
  return ok(view)
}
