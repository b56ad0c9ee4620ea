import type { DeviceId, PoolId } from '../../../node/contract/ids.ts'
import type { PoolConnection } from '../../../node/net/pool-connection.ts'
import { PoolSwarm } from '../../../node/net/pool-swarm.ts'
import type { Pool } from '../../../node/pools/pool/pool.ts'
import type { RemoteMachine } from '../../../node/protocol/machines.ts'
import { ServiceClients } from '../../../node/protocol/service/service-client.ts'
import { Session } from '../../../node/session/session.ts'

/** The inner parts of this process's peer, which an honest one shows to nobody. */
export interface CapturedApp {
  session: Session | null
  swarm: PoolSwarm | null
  clients: ServiceClients | null
}

/** Takes hold of the parts as the peer starts them. Call it before it starts. */
export function captureApp(): CapturedApp {
  const captured: CapturedApp = { session: null, swarm: null, clients: null }
  const open = Session.open.bind(Session)
  Session.open = async (options) => {
    const session = await open(options)
    if (session.ok) captured.session = session.value
    return session
  }
  onStart(PoolSwarm.prototype, (swarm) => (captured.swarm = swarm))
  onStart(ServiceClients.prototype, (clients) => (captured.clients = clients))
  return captured
}

function onStart<T extends { start(): Promise<void> }>(prototype: T, seen: (started: T) => void): void {
  const start = Reflect.get(prototype, 'start')
  prototype.start = function (this: T) {
    seen(this)
    return Reflect.apply(start, this, [])
  }
}

/** A hostile install as its parts see it; what was not started is not there, which throws. */
export class HostileApp {
  constructor(private readonly captured: CapturedApp) {}

  get session(): Session {
    return known(this.captured.session, 'session')
  }

  get clients(): ServiceClients {
    return known(this.captured.clients, 'service clients')
  }

  pool(poolId: PoolId): Pool {
    return known(this.session.pools.get(poolId) ?? null, 'pool')
  }

  /** The pool connection to a device. */
  poolConnection(deviceId: DeviceId): PoolConnection {
    const all = [...known(this.captured.swarm, 'swarm').connections]
    return known(all.find((one) => one.deviceId === deviceId && !one.isClosed) ?? null, 'pool connection')
  }

  /** Where the service of a device is dialled. */
  machine(deviceId: DeviceId): RemoteMachine {
    return known(this.session.pools.list().find((one) => one.deviceId === deviceId) ?? null, 'machine')
  }
}

function known<T>(part: T | null, what: string): T {
  if (part === null) throw new Error(`The hostile install has no ${what}`)
  return part
}
