import type { Facility } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import { Worker } from '../base/worker.ts'
import type { EngineHub } from '../engines/engine-hub.ts'
import type { DhtNode } from '../net/dht-node.ts'

/** What runs whether or not anybody is signed in: the network node and the engines. */
export class PeerWorker extends Worker {
  readonly kind = 'peer'

  constructor(
    log: Log,
    private readonly ofProfile: readonly Facility[],
    readonly dht: DhtNode,
    readonly hub: EngineHub,
  ) {
    super(log)
  }

  protected facilities(): readonly Facility[] {
    return [...this.ofProfile, this.dht, this.hub]
  }
}
