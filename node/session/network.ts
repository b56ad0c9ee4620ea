import { PoolTerms } from '../pools/pool-terms.ts'
import { Pools } from '../pools/pools.ts'
import { PoolSwarm } from '../net/pool-swarm.ts'
import { CutOffs } from '../protocol/cut-offs.ts'
import { ServiceClients } from '../protocol/service/service-client.ts'
import type { SessionEvents } from './session-events.ts'
import type { SessionOptions } from './session-options.ts'
import type { SessionStores } from './stores.ts'

export type SessionNetworkOptions = Pick<SessionOptions, 'vault' | 'dht' | 'log' | 'onDoubt' | 'onUnlinked'>

/** The pools of the account, and the two ways to their devices. */
export interface SessionNetwork {
  readonly pools: Pools
  /** Plans, gateways and coordinators, as the directories name them. */
  readonly terms: PoolTerms
  readonly swarm: PoolSwarm
  /** Devices that were cut off for what they sent, on either kind of connection. */
  readonly cutOffs: CutOffs
  readonly clients: ServiceClients
}

export function createNetwork(
  { vault, dht, log, onDoubt, onUnlinked }: SessionNetworkOptions,
  { local, settings }: SessionStores,
  events: SessionEvents,
): SessionNetwork {
  const deviceKeyPair = vault.identity.device
  const cutOffs = new CutOffs()
  const swarm: PoolSwarm = new PoolSwarm({
    dht,
    deviceKeyPair,
    log,
    isKnown: (deviceId) => pools.whoIs(deviceId) !== null,
    cutOffs,
    onConnection: (connection) => events.connected.emit(connection),
  })
  const pools: Pools = new Pools({
    vault,
    local,
    log,
    nowMs: Date.now,
    capabilities: () => events.capabilities.current(),
    isSharing: () => settings.isSharing,
    onDoubt,
    onUnlinked,
    onChange: () => events.membershipChanged.emit(),
    onPool: (topic, dial) => {
      swarm.join(topic)
      if (dial) swarm.dial(dial)
    },
    onLetIn: (device) => swarm.dialOnce(device),
    onPoolLeft: (topic) => swarm.leave(topic),
  })
  cutOffs.onChange(() => events.membershipChanged.emit())
  events.connected.add((connection) => pools.connections.add(connection))
  const clients = new ServiceClients({ dht: dht.dht, deviceKeyPair, log })
  return { pools, terms: new PoolTerms(pools), swarm, cutOffs, clients }
}
