import type { EventName, EventPayload } from '../contract/contract.ts'

type Listeners = { [N in EventName]?: Set<(payload: EventPayload<N>) => void> }

/** Listeners by event name; tells when the first of a kind comes and the last one goes. */
export class ListenerSet {
  readonly #listeners: Listeners = {}
  readonly #onWanted: (name: EventName, isWanted: boolean) => void

  constructor(onWanted: (name: EventName, isWanted: boolean) => void = () => undefined) {
    this.#onWanted = onWanted
  }

  add<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void {
    const known: Listeners[N] = this.#listeners[name]
    const listeners = known ?? new Set<(payload: EventPayload<N>) => void>()
    if (!known) this.#listeners[name] = listeners as Listeners[N]
    if (listeners.size === 0) this.#onWanted(name, true)
    listeners.add(listener)
    return () => {
      if (listeners.delete(listener) && listeners.size === 0) this.#onWanted(name, false)
    }
  }

  emit<N extends EventName>(name: N, payload: EventPayload<N>): void {
    for (const listener of [...(this.#listeners[name] ?? [])]) listener(payload)
  }
}
