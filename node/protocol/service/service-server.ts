import RPC, { type RpcConnection, type RpcServer } from '@hyperswarm/rpc'
import { raw } from 'compact-encoding'
import type DHT from 'hyperdht'
import type { KeyPair } from 'hyperdht'
import type { DeviceId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { hasPlace } from '../../access/standing.ts'
import { withDeadline } from '../../base/deadline.ts'
import { healthy, type Facility, type Health } from '../../base/facility.ts'
import type { Log } from '../../base/log.ts'
import type { GenerationHandler } from '../generations/generation-handler.ts'
import { GenerationServer } from '../generations/generation-server.ts'
import { jsonBytes, parseJson } from '../messages/bytes.ts'
import { decodeCall } from '../messages/call-encoding.ts'
import {
  controlRequests,
  type ControlReply,
  type ControlRequest,
  type ServiceStatus,
} from '../messages/control-messages.ts'
import { defaultHeartbeatTimes, type HeartbeatTimes } from './heartbeat.ts'
import type { Caller, Capabilities, WhoIs } from '../machines.ts'
import { ReplayGuard } from './replay-guard.ts'
import { deviceIdOf, ServiceConnection } from './service-connection.ts'
import type { GenerationMethod, ControlMethod } from '../version.ts'
import { wireLimits } from '../wire-limits.ts'

/** Answers a control call of a device that stands in a pool of ours. */
export type ControlHandler<M extends ControlMethod> = (
  caller: Caller,
  body: ControlRequest<M>,
) => Promise<Result<ControlReply<M>>> | Result<ControlReply<M>>

export interface ServiceServerOptions {
  readonly dht: DHT
  /** The key its devices certificate names; not the device key, which the pool connection uses. */
  readonly serviceKeyPair: KeyPair
  readonly whoIs: WhoIs
  readonly processor?: GenerationHandler | undefined
  readonly gateway?: GenerationHandler | undefined
  readonly capabilities?: (() => Capabilities) | undefined
  readonly usage?: ControlHandler<'usage'> | undefined
  readonly leaseQuota?: ControlHandler<'leaseQuota'> | undefined
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

/** The service other machines dial: control calls and answers, for devices that `whoIs` knows. */
export interface ServiceServer extends Facility {
  /** Resolves when the DHT knows where to reach this service; rejects when it cannot listen. */
  listening(): Promise<void>
  readonly connectionCount: number
  /** Closes connections of devices that are no longer known. Call it when membership changes. */
  enforce(): void
}

interface Served {
  readonly line: ServiceConnection
  readonly answers: GenerationServer
  readonly isRefused: boolean
}

class RpcServiceServer implements ServiceServer {
  readonly name = 'service-server'
  readonly needs: readonly string[] = []
  readonly #served = new Map<RpcConnection, Served>()
  readonly #replays = new ReplayGuard()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #startedMs = performance.now()
  #rpc: RPC | null = null
  #server: RpcServer | null = null
  #listening: Promise<void> = Promise.resolve()
  #health: Health = { state: 'degraded', reason: 'Not announced yet.' }

  constructor(private readonly options: ServiceServerOptions) {}

  get connectionCount(): number {
    return this.#served.size
  }

  /** Does not wait for the network: announcing goes on in the background. */
  async start(): Promise<void> {
    const { dht, serviceKeyPair, processor, gateway } = this.options
    this.#rpc = new RPC({ dht, keyPair: serviceKeyPair, valueEncoding: raw })
    const server = this.#rpc.createServer({ firewall: (key) => this.#isRefused(deviceIdOf(key)) })
    this.#server = server
    server.on('connection', (connection) => this.#onConnection(connection))
    this.#respondAnswer(server, 'processRequest', processor)
    this.#respondAnswer(server, 'processPrompt', gateway)
    this.#respondControl(server, 'ping', () => ok({}))
    this.#respondControl(server, 'getStatus', () => ok(this.#status()))
    this.#respondControl(server, 'getCapabilities', () => {
      const { capabilities } = this.options
      return capabilities ? ok(capabilities()) : fail('unknown_call', { name: 'getCapabilities' })
    })
    this.#respondControl(server, 'usage', (caller, body) => {
      const { usage } = this.options
      return usage ? usage(caller, body) : fail('unknown_call', { name: 'usage' })
    })
    this.#respondControl(server, 'leaseQuota', (caller, body) => {
      const { leaseQuota } = this.options
      return leaseQuota ? leaseQuota(caller, body) : fail('unknown_call', { name: 'leaseQuota' })
    })
    this.#listening = server.listen(serviceKeyPair)
    this.#listening.then(
      () => (this.#health = healthy),
      (cause: unknown) => {
        this.options.log.error({ cause }, 'service cannot listen')
        this.#health = { state: 'failed', reason: 'Other computers cannot reach this one.' }
      },
    )
  }

  listening(): Promise<void> {
    return this.#listening
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    // Answers that were just ended still owe their callers the reason.
    const lines = [...this.#served.values()]
    await withDeadline(Promise.all(lines.map(({ answers }) => answers.ended())), partingMs)
    await withDeadline(Promise.all(lines.map(({ line }) => line.flushed())), partingMs)
    for (const { line } of lines) line.destroy('stopping')
    await this.#rpc?.destroy()
  }

  health(): Health {
    return this.#health
  }

  enforce(): void {
    for (const { line } of [...this.#served.values()]) {
      if (!this.options.whoIs(line.peer)) line.destroy('no longer known')
    }
  }

  #isRefused(deviceId: DeviceId): boolean {
    const max = this.options.maxConnections ?? wireLimits.connections
    try {
      return this.#served.size >= max + refusableConnections || this.options.whoIs(deviceId) === null
    } catch (cause) {
      this.options.log.error({ cause }, 'deciding about a connection threw')
      return true
    }
  }

  /** Wires everything before it returns: a late channel makes the other side see a closed one. */
  #onConnection(connection: RpcConnection): void {
    const line = new ServiceConnection({
      stream: connection.stream,
      mux: connection.mux,
      peer: deviceIdOf(connection.stream.remotePublicKey),
      heartbeat: this.options.heartbeat ?? defaultHeartbeatTimes,
      log: this.options.log,
    })
    const answers = new GenerationServer({
      line,
      whoIs: this.options.whoIs,
      replays: this.#replays,
      channelDeadlineMs: this.options.channelDeadlineMs ?? 5_000,
    })
    const isRefused = this.#isFull(line.peer)
    this.#served.set(connection, { line, answers, isRefused })
    line.onClose(() => this.#served.delete(connection))
    // Membership may have ended between the firewall and here.
    line.guard.run('connection', () => {
      if (!this.options.whoIs(line.peer)) line.destroy('no longer known')
      else if (isRefused) this.#closeSoon(line)
    })
  }

  #isFull(peer: DeviceId): boolean {
    const max = this.options.maxConnections ?? wireLimits.connections
    const maxPerDevice = this.options.maxConnectionsPerDevice ?? wireLimits.connectionsPerDevice
    const ofPeer = [...this.#served.values()].filter(({ line }) => line.peer === peer).length
    return this.#served.size >= max || ofPeer >= maxPerDevice
  }

  #closeSoon(line: ServiceConnection): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      line.destroy('too many connections')
    }, refusalMs)
    this.#timers.add(timer)
  }

  #respondAnswer(server: RpcServer, method: GenerationMethod, handler: GenerationHandler | undefined): void {
    this.#respond(server, method, (served, bytes) =>
      handler ? served.answers.receive(bytes, method, handler) : fail('unknown_call', { name: method }),
    )
  }

  #respondControl<M extends ControlMethod>(server: RpcServer, method: M, handle: ControlHandler<M>): void {
    this.#respond(server, method, async (served, bytes) => {
      if (bytes.byteLength > wireLimits.controlBytes) return fail('too_large', { limit: 'a control message' })
      const call = decodeCall(bytes)
      if (!call.ok) return call
      const caller = this.options.whoIs(served.line.peer)
      if (!caller || !hasPlace(caller)) return fail('not_admitted')
      const body = parseJson<unknown>(call.value.body, controlRequests[method], wireLimits.controlBytes)
      if (!body.ok) return body
      const result = await handle(caller, body.value as ControlRequest<M>)
      return result.ok ? ok(jsonBytes(result.value)) : result
    })
  }

  #respond(
    server: RpcServer,
    method: string,
    handle: (served: Served, bytes: Uint8Array) => Promise<Result<Uint8Array>> | Result<Uint8Array>,
  ): void {
    server.respond(method, async (bytes, connection) => {
      const served = this.#served.get(connection)
      // Closed while the call was on its way: nobody reads the answer.
      if (!served) return new Uint8Array(0)
      return served.line.guard.answer(method, () =>
        served.isRefused ? fail('too_many_connections') : handle(served, bytes),
      )
    })
  }

  #status(): ServiceStatus {
    return {
      processor: this.options.processor !== undefined,
      gateway: this.options.gateway !== undefined,
      uptimeMs: Math.round(performance.now() - this.#startedMs),
    }
  }
}

export function createServiceServer(options: ServiceServerOptions): ServiceServer {
  return new RpcServiceServer(options)
}
