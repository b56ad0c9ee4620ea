import { NamedListeners } from '../base/listeners.ts'
import type { Log } from '../base/log.ts'
import type { Listen } from '../contract/api.ts'
import type { EventPayloads } from '../contract/contract.ts'

/** Events of the contract, to whoever listens. A listener that throws does not stop the others. */
export class Events extends NamedListeners<EventPayloads> {
  constructor(log: Log) {
    super({ onFailure: (cause, event) => log.error({ cause, event }, 'listener failed') })
  }

  readonly listen: Listen = (name, listener) => this.add(name, listener)
}
