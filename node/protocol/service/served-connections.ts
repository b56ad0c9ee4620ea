import type { RpcConnection } from '@hyperswarm/rpc'
import { withDeadline } from '../../base/deadline.ts'
import type { Log } from '../../base/log.ts'
import type { DeviceId } from '../../contract/ids.ts'
import { GenerationServer } from '../generations/generation-server.ts'
import type { WhoIs } from '../../access/standing.ts'
import { wireLimits } from '../wire-limits.ts'
import { defaultHeartbeatTimes, type HeartbeatTimes } from './heartbeat.ts'
import { ReplayGuard } from './replay-guard.ts'
import { deviceIdOf, ServiceConnection } from './service-connection.ts'

export interface ServedConnectionsOptions {
  readonly whoIs: WhoIs
  readonly log: Log
  readonly heartbeat?: HeartbeatTimes
  readonly maxConnections?: number
  readonly maxConnectionsPerDevice?: number
  /** How long an accepted call waits for its token channel. */
  readonly channelDeadlineMs?: number
}

/** Connections above the limit that are let in only to be told so; beyond them, none. */
const refusableConnections = 16
/** How long such a connection may stay to hear it. */
const refusalMs = 1_000
/** How long a stop waits for last words to leave. */
const partingMs = 300

export interface Served {
  readonly connection: ServiceConnection
  readonly generations: GenerationServer
  /** One too many: it hears so, and is closed. */
  readonly isRefused: boolean
}

/** The connections of a service: who is let in, how many, and how they end. */
export class ServedConnections {
  readonly #served = new Map<RpcConnection, Served>()
  readonly #replays = new ReplayGuard()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #maxConnections: number
  readonly #maxPerDevice: number

  constructor(private readonly options: ServedConnectionsOptions) {
    this.#maxConnections = options.maxConnections ?? wireLimits.connections
    this.#maxPerDevice = options.maxConnectionsPerDevice ?? wireLimits.connectionsPerDevice
  }

  get count(): number {
    return this.#served.size
  }

  get(rpcConnection: RpcConnection): Served | undefined {
    return this.#served.get(rpcConnection)
  }

  /** The firewall: decides before anything else of a connection is handled. Never throws. */
  isRefused(deviceId: DeviceId): boolean {
    try {
      return this.#served.size >= this.#maxConnections + refusableConnections || this.options.whoIs(deviceId) === null
    } catch (cause) {
      this.options.log.error({ cause }, 'deciding about a connection threw')
      return true
    }
  }

  /** Wires everything before it returns: a late channel makes the other side see a closed one. */
  add(rpcConnection: RpcConnection): void {
    const { whoIs, log, heartbeat = defaultHeartbeatTimes, channelDeadlineMs = 5_000 } = this.options
    const { stream, mux } = rpcConnection
    const connection = new ServiceConnection({ stream, mux, peer: deviceIdOf(stream.remotePublicKey), heartbeat, log })
    const generations = new GenerationServer({ connection, whoIs, replays: this.#replays, channelDeadlineMs })
    const isRefused = this.#isFull(connection.peer)
    this.#served.set(rpcConnection, { connection, generations, isRefused })
    connection.onClose(() => this.#served.delete(rpcConnection))
    // Membership may have ended between the firewall and here.
    connection.guard.run('connection', () => {
      if (!whoIs(connection.peer)) connection.destroy('no longer known')
      else if (isRefused) this.#closeSoon(connection)
    })
  }

  /** Closes connections of devices that are no longer known. */
  enforce(): void {
    for (const { connection } of [...this.#served.values()]) {
      if (!this.options.whoIs(connection.peer)) connection.destroy('no longer known')
    }
  }

  /** Closes all. Generations that were just ended still get to tell their callers why. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    const all = [...this.#served.values()]
    await withDeadline(Promise.all(all.map(({ generations }) => generations.ended())), partingMs)
    await withDeadline(Promise.all(all.map(({ connection }) => connection.flushed())), partingMs)
    for (const { connection } of all) connection.destroy('stopping')
  }

  #isFull(peer: DeviceId): boolean {
    const ofPeer = [...this.#served.values()].filter(({ connection }) => connection.peer === peer).length
    return this.#served.size >= this.#maxConnections || ofPeer >= this.#maxPerDevice
  }

  #closeSoon(connection: ServiceConnection): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      connection.destroy('too many connections')
    }, refusalMs)
    this.#timers.add(timer)
  }
}
