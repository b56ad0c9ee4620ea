import Hyperswarm, { type SwarmConnection } from 'hyperswarm'
import type { Facility, Health } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import type { CutOffCode } from '../contract/errors.ts'
import type { DeviceId } from '../contract/ids.ts'
import { toHex } from '../crypto/encoding.ts'
import type { KeyPair } from '../crypto/keys.ts'
import type { CutOffs } from '../protocol/cut-offs.ts'
import type { DhtNode } from './dht-node.ts'
import { PoolConnection } from './pool-connection.ts'
import { Strangers } from './strangers.ts'

/** Hyperswarm has `maxServerConnections` but does not enforce it, so inbound connections are counted here. */
const maxInbound = 128
/** Connections with which Hyperswarm still dials; strangers that came must not be the reason why it does not. */
const maxPeers = 128

export interface PoolSwarmOptions {
  readonly dht: DhtNode
  readonly deviceKeyPair: KeyPair
  readonly log: Log
  /** Whether a device is one of a pool of ours, as far as we have heard; others are strangers until they are let in. */
  readonly isKnown: (deviceId: DeviceId) => boolean
  /** Devices that were cut off. They are refused for a while. */
  readonly cutOffs: CutOffs
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
  #strangers = new Strangers()
  #inbound = 0
  #unsubscribe: () => void = () => undefined

  constructor(private readonly options: PoolSwarmOptions) {}

  get connections(): ReadonlySet<PoolConnection> {
    return this.#connections
  }

  start(): Promise<void> {
    const dht = this.options.dht.lend((publicKey) => this.#isRefused(deviceIdOf(publicKey)))
    const swarm = new Hyperswarm({ keyPair: this.options.deviceKeyPair, dht, maxPeers })
    this.#swarm = swarm
    this.#unsubscribe = this.options.cutOffs.onChange(() => this.#closeRefused())
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

  /** Dials one device now, however often that failed lately, and not again. */
  dialOnce(devicePublicKey: Uint8Array): void {
    this.#swarm?.joinPeer(devicePublicKey)
    this.#swarm?.leavePeer(devicePublicKey)
  }

  /** Decides during the handshake of one that comes. Never throws. */
  #isRefused(deviceId: DeviceId): boolean {
    try {
      const { isKnown, cutOffs } = this.options
      return cutOffs.isRefused(deviceId) || (!isKnown(deviceId) && !this.#strangers.mayCome(deviceId))
    } catch (cause) {
      this.options.log.error({ cause }, 'deciding about a connection threw')
      return true
    }
  }

  // All listeners are attached in this tick, because a later one would miss what was already sent.
  #connected(stream: SwarmConnection, isInbound: boolean): void {
    const { log, isKnown, cutOffs, onConnection } = this.options
    stream.on('error', (cause: Error) => log.debug({ cause }, 'pool connection'))
    const deviceId = deviceIdOf(stream.remotePublicKey)
    const isStranger = isInbound && !isKnown(deviceId)
    if ((isInbound && !isStranger && this.#inbound >= maxInbound) || cutOffs.isRefused(deviceId)) {
      stream.destroy()
      return
    }
    const connection: PoolConnection = new PoolConnection(stream, log, (code) => this.#cutOff(connection, code))
    this.#connections.add(connection)
    if (isStranger) this.#meet(connection, stream)
    else if (isInbound) this.#count(stream)
    stream.once('close', () => this.#connections.delete(connection))
    onConnection(connection)
  }

  /** A stranger has a place of its own kind, until it is let in: whoever is let in always finds a member's. */
  #meet(connection: PoolConnection, stream: SwarmConnection): void {
    this.#strangers.add(connection)
    connection.whenAdmitted(() => {
      this.#strangers.delete(connection)
      this.#count(stream)
    })
    stream.once('close', () => this.#strangers.delete(connection))
  }

  #count(stream: SwarmConnection): void {
    this.#inbound += 1
    stream.once('close', () => (this.#inbound -= 1))
  }

  /** A stranger's key costs nothing, so only those of members are remembered. */
  #cutOff({ deviceId, isAdmitted }: PoolConnection, code: CutOffCode): void {
    if (isAdmitted || this.options.isKnown(deviceId)) this.options.cutOffs.add(deviceId, code)
  }

  /** A device may have been cut off on its other connection. */
  #closeRefused(): void {
    for (const connection of this.#connections)
      if (this.options.cutOffs.isRefused(connection.deviceId)) connection.close()
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
    this.#unsubscribe()
    for (const connection of this.#connections) connection.close()
    await swarm?.destroy()
  }

  health(): Health {
    return { state: 'ok', reason: `${this.#connections.size} computers are connected.` }
  }
}

function deviceIdOf(publicKey: Uint8Array): DeviceId {
  return toHex(publicKey) as DeviceId
}
