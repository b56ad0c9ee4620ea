import { PoolTerms } from '../pools/pool-terms.ts'
import { Pools } from '../pools/pools.ts'
import { PoolSwarm } from '../net/pool-swarm.ts'
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
  readonly clients: ServiceClients
}

export function createNetwork(
  { vault, dht, log, onDoubt, onUnlinked }: SessionNetworkOptions,
  { local }: SessionStores,
  events: SessionEvents,
): SessionNetwork {
  const deviceKeyPair = vault.identity.device
  const swarm = new PoolSwarm({
    dht,
    deviceKeyPair,
    log,
    onConnection: (connection) => events.connected.emit(connection),
  })
  const pools = new Pools({
    vault,
    local,
    log,
    nowMs: Date.now,
    capabilities: () => events.capabilities.current(),
    onDoubt,
    onUnlinked,
    onChange: () => events.membershipChanged.emit(),
    onPool: (topic, dial) => {
      swarm.join(topic)
      if (dial) swarm.dial(dial)
    },
    onPoolLeft: (topic) => swarm.leave(topic),
  })
  events.connected.add((connection) => pools.connections.add(connection))
  const clients = new ServiceClients({ dht: dht.dht, deviceKeyPair, log })
  return { pools, terms: new PoolTerms(pools), swarm, clients }
}
