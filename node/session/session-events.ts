import { Listeners } from '../base/listeners.ts'
import type { PoolConnection } from '../net/pool-connection.ts'
import type { Capabilities } from '../protocol/machines.ts'

/**
 * The two places where parts of a session need each other, so that one of them has to be made first.
 *
 * The swarm brings connections to the pools, which tell it where to look. The services work on the pools, and
 * hear from them when memberships change.
 */
export class SessionEvents {
  /** A device was found; heard in the same tick, before anything is received from it. */
  readonly connected = new Listeners<PoolConnection>()
  /** Memberships, machines or pools have changed. */
  readonly membershipChanged = new Listeners()
  readonly capabilities = new OwnCapabilities()
}

/** What this computer offers to others: nothing before its processor says so, or where it has none. */
class OwnCapabilities {
  #read: () => Capabilities | null = () => null

  current(): Capabilities | null {
    return this.#read()
  }

  readFrom(read: () => Capabilities): void {
    this.#read = read
  }
}
