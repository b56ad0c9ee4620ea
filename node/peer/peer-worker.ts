import { join } from 'node:path'
import type { Facility } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import { RunStatus } from '../base/run-status.ts'
import { Worker } from '../base/worker.ts'
import { EngineHub } from '../engines/engine-hub.ts'
import { DhtNode } from '../net/dht-node.ts'
import { ProfileLock } from '../state/profile-lock.ts'
import type { PeerOptions } from './peer-options.ts'

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

export function createPeerWorker(options: PeerOptions, log: Log): PeerWorker {
  const { profileDir, network, modelsDir, spawnChild, llamaChildPath, ollamaUrl, version } = options
  const hub = new EngineHub({ modelsDir, spawnChild, llamaChildPath, ollamaUrl, serverUrls: [], log })
  const status = new RunStatus({ path: join(profileDir, 'status.json'), version, log })
  return new PeerWorker(log, [new ProfileLock(profileDir), status], new DhtNode(network, log), hub)
}
