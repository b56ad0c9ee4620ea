import type { RpcConnection } from '@hyperswarm/rpc'
import { withDeadline } from '../../base/deadline.ts'
import type { Log } from '../../base/log.ts'
import type { AccountId, DeviceId } from '../../contract/ids.ts'
import type { CutOffs } from '../cut-offs.ts'
import { GenerationServer } from '../generations/generation-server.ts'
import type { WhoIs } from '../../access/standing.ts'
import { areUnread } from '../outflow.ts'
import { wireLimits } from '../wire-limits.ts'
import { defaultHeartbeatTimes, type HeartbeatTimes } from './heartbeat.ts'
import { ReplayGuard } from './replay-guard.ts'
import { deviceIdOf, ServiceConnection } from './service-connection.ts'

export interface ServedConnectionsOptions {
  readonly whoIs: WhoIs
  readonly log: Log
  /** Devices that were cut off; they are refused for a while. */
  readonly cutOffs?: CutOffs
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
/** How often connections are looked at whose other end may not be reading. */
const sweepMs = 5_000
/** How long a stop waits for last words to leave. */
const partingMs = 300

export interface Served {
  readonly connection: ServiceConnection
  readonly generations: GenerationServer
  /** Whose device it was when it connected; null for nobody's. */
  readonly accountId: AccountId | null
  /** One too many: it hears so, and is closed. */
  readonly isRefused: boolean
  /** Calls that are being answered. */
  running: number
}

/** The connections of a service: who is let in, how many, and how they end. */
export class ServedConnections {
  readonly #served = new Map<RpcConnection, Served>()
  readonly #replays = new ReplayGuard()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #sweep: NodeJS.Timeout
  readonly #maxConnections: number
  readonly #maxPerDevice: number

  constructor(private readonly options: ServedConnectionsOptions) {
    this.#maxConnections = options.maxConnections ?? wireLimits.connections
    this.#maxPerDevice = options.maxConnectionsPerDevice ?? wireLimits.connectionsPerDevice
    this.#sweep = setInterval(() => this.#endUnread(), sweepMs)
  }

  get count(): number {
    return this.#served.size
  }

  get(rpcConnection: RpcConnection): Served | undefined {
    return this.#served.get(rpcConnection)
  }

  /** The firewall: decides before anything else of a connection is handled. Never throws. */
  isRefused(deviceId: DeviceId): boolean {
    const { whoIs, cutOffs } = this.options
    try {
      if (this.#served.size >= this.#maxConnections + refusableConnections || cutOffs?.isRefused(deviceId)) return true
      return whoIs(deviceId) === null
    } catch (cause) {
      this.options.log.error({ cause }, 'deciding about a connection threw')
      return true
    }
  }

  /** Wires everything before it returns: a late channel makes the other side see a closed one. */
  add(rpcConnection: RpcConnection): void {
    const { whoIs, log, heartbeat = defaultHeartbeatTimes, channelDeadlineMs = 5_000 } = this.options
    const { stream, mux } = rpcConnection
    const peer = deviceIdOf(stream.remotePublicKey)
    const connection = new ServiceConnection({
      stream,
      mux,
      peer,
      heartbeat,
      log,
      onCutOff: (code) => this.options.cutOffs?.add(peer, code),
    })
    const generations = new GenerationServer({ connection, whoIs, replays: this.#replays, channelDeadlineMs })
    const isRefused = this.#isFull(connection.peer)
    this.#served.set(rpcConnection, {
      connection,
      generations,
      accountId: this.#accountOf(peer),
      isRefused,
      running: 0,
    })
    connection.onClose(() => this.#served.delete(rpcConnection))
    // Membership may have ended between the firewall and here.
    connection.guard.run('connection', () => {
      if (!whoIs(connection.peer)) connection.destroy('no longer known')
      else if (isRefused) this.#closeSoon(connection)
    })
  }

  /** Closes connections of devices that are no longer known, or were cut off. */
  enforce(): void {
    const { whoIs, cutOffs } = this.options
    for (const { connection } of [...this.#served.values()]) {
      if (!whoIs(connection.peer)) connection.destroy('no longer known')
      else if (cutOffs?.isRefused(connection.peer)) connection.destroy('cut off')
    }
  }

  /** Whether a call may begin: not while many of the account are being answered, or replies to it are not read. */
  mayBegin(served: Served): boolean {
    if (served.connection.outflow.isFull || served.running >= wireLimits.callsPerConnection) return false
    const all = this.#ofSameAccount(served)
    const running = all.reduce((sum, one) => sum + one.running, 0)
    return running < wireLimits.callsPerAccount && all.every(({ connection }) => !connection.outflow.isFull)
  }

  /** Closes all. Generations that were just ended still get to tell their callers why. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    clearInterval(this.#sweep)
    const all = [...this.#served.values()]
    await withDeadline(Promise.all(all.map(({ generations }) => generations.ended())), partingMs)
    await withDeadline(Promise.all(all.map(({ connection }) => connection.flushed())), partingMs)
    for (const { connection } of all) connection.destroy('stopping')
  }

  /** The connections of an account's devices. */
  #ofSameAccount({ accountId, connection }: Served): Served[] {
    return [...this.#served.values()].filter((one) =>
      accountId === null ? one.connection === connection : one.accountId === accountId,
    )
  }

  /** Ends connections whose other end does not read; all of an account, when they are too much together. */
  #endUnread(): void {
    for (const served of [...this.#served.values()]) {
      const all = this.#ofSameAccount(served).map(({ connection }) => connection)
      if (areUnread(all.map(({ outflow }) => outflow))) for (const one of all) one.cutOff('replies_unread')
      else served.connection.checkUnread()
    }
  }

  /** Never throws: it runs in the event of a new connection. */
  #accountOf(peer: DeviceId): AccountId | null {
    try {
      return this.options.whoIs(peer)?.accountId ?? null
    } catch {
      // Whoever decides about the connection meets the same, and logs it.
      return null
    }
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
