import Hyperswarm, { type SwarmConnection } from 'hyperswarm'
import type { Facility, Health } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import type { KeyPair } from '../crypto/keys.ts'
import type { DhtNode } from './dht-node.ts'
import { PoolConnection } from './pool-connection.ts'

/** Hyperswarm has `maxServerConnections` but does not enforce it, so inbound connections are counted here. */
const maxInbound = 128

export interface PoolSwarmOptions {
  readonly dht: DhtNode
  readonly deviceKeyPair: KeyPair
  readonly log: Log
  /** Called for each new connection, in the same tick, before anything is received. */
  readonly onConnection: (connection: PoolConnection) => void
}

/** Finds the devices of our pools and keeps one connection to each. */
export class PoolSwarm implements Facility {
  readonly name = 'swarm'
  readonly needs = []
  #swarm: Hyperswarm | null = null
  #topics = new Map<string, Uint8Array>()
  #connections = new Set<PoolConnection>()
  #inbound = 0

  constructor(private readonly options: PoolSwarmOptions) {}

  get connections(): ReadonlySet<PoolConnection> {
    return this.#connections
  }

  start(): Promise<void> {
    const swarm = new Hyperswarm({ keyPair: this.options.deviceKeyPair, dht: this.options.dht.lend() })
    this.#swarm = swarm
    swarm.on('connection', (connection, info) => this.#connected(connection, !info.client))
    for (const topic of this.#topics.values()) swarm.join(topic, { server: true, client: true })
    return Promise.resolve()
  }

  join(topic: Uint8Array): void {
    const key = Buffer.from(topic).toString('hex')
    if (this.#topics.has(key)) return
    this.#topics.set(key, topic)
    this.#swarm?.join(topic, { server: true, client: true })
  }

  /** Leaves a topic. Its connections stay open; the caller closes them. */
  leave(topic: Uint8Array): void {
    if (!this.#topics.delete(Buffer.from(topic).toString('hex'))) return
    this.#swarm?.leave(topic).catch((cause: unknown) => this.options.log.debug({ cause }, 'leaving a topic'))
  }

  /** Dials one known device, in addition to those the topics find. */
  dial(devicePublicKey: Uint8Array): void {
    this.#swarm?.joinPeer(devicePublicKey)
  }

  // All listeners are attached in this tick, because a later one would miss what was already sent.
  #connected(stream: SwarmConnection, isInbound: boolean): void {
    stream.on('error', (cause: Error) => this.options.log.debug({ cause }, 'pool connection'))
    if (isInbound && this.#inbound >= maxInbound) {
      stream.destroy()
      return
    }
    if (isInbound) this.#inbound += 1
    const connection = new PoolConnection(stream, this.options.log)
    this.#connections.add(connection)
    stream.once('close', () => {
      this.#connections.delete(connection)
      if (isInbound) this.#inbound -= 1
    })
    this.options.onConnection(connection)
  }

  async suspend(): Promise<void> {
    await this.#swarm?.suspend()
  }

  async resume(): Promise<void> {
    await this.#swarm?.resume()
  }

  async stop(): Promise<void> {
    const swarm = this.#swarm
    this.#swarm = null
    for (const connection of this.#connections) connection.close()
    await swarm?.destroy()
  }

  health(): Health {
    return { state: 'ok', reason: `${this.#connections.size} computers are connected.` }
  }
}
