import type { Listen } from '../contract/api.ts'
import type { EventName, EventPayload } from '../contract/contract.ts'
import type { Log } from '../base/log.ts'

/** Events of the contract, to whoever listens. A listener that throws does not stop the others. */
export class Events {
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>()

  constructor(private readonly log: Log) {}

  readonly listen: Listen = (name, listener) => {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  emit<N extends EventName>(name: N, payload: EventPayload<N>): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        ;(listener as (payload: EventPayload<N>) => void)(payload)
      } catch (cause) {
        this.log.error({ cause, event: name }, 'listener failed')
      }
    }
  }
}
