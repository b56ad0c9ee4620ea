import RPC from '@hyperswarm/rpc'
import { raw } from 'compact-encoding'
import type DHT from 'hyperdht'
import type { KeyPair } from 'hyperdht'
import { healthy, type Facility, type Health } from '../../base/facility.ts'
import type { WireHandlers } from '../handlers.ts'
import { registerMethods } from './registration.ts'
import { ServedConnections, type ServedConnectionsOptions } from './served-connections.ts'
import { deviceIdOf } from './service-connection.ts'

export interface ServiceServerOptions extends ServedConnectionsOptions {
  readonly dht: DHT
  /** The service key that this device's certificate names; not the device key, which the pool connection uses. */
  readonly serviceKeyPair: KeyPair
  readonly handlers: WireHandlers
}

/** The service other machines dial: every method of the wire, for devices that `whoIs` knows. */
export class ServiceServer implements Facility {
  readonly name = 'service-server'
  readonly needs: readonly string[] = []
  readonly #connections: ServedConnections
  #rpc: RPC | null = null
  #listening: Promise<void> = Promise.resolve()
  #health: Health = { state: 'degraded', reason: 'Not announced yet.' }

  constructor(private readonly options: ServiceServerOptions) {
    this.#connections = new ServedConnections(options)
  }

  get connectionCount(): number {
    return this.#connections.count
  }

  /** Does not wait for the network: announcing goes on in the background. */
  async start(): Promise<void> {
    const { dht, serviceKeyPair, handlers, whoIs, log } = this.options
    this.#rpc = new RPC({ dht, keyPair: serviceKeyPair, valueEncoding: raw })
    const server = this.#rpc.createServer({ firewall: (key) => this.#connections.isRefused(deviceIdOf(key)) })
    server.on('connection', (rpcConnection) => this.#connections.add(rpcConnection))
    registerMethods(server, handlers, this.#connections, whoIs)
    this.#listening = server.listen(serviceKeyPair)
    this.#listening.then(
      () => (this.#health = healthy),
      (cause: unknown) => {
        log.error({ cause }, 'service cannot listen')
        this.#health = { state: 'failed', reason: 'Other computers cannot reach this one.' }
      },
    )
  }

  /** Resolves when the DHT knows where to reach this service; rejects when it cannot listen. */
  listening(): Promise<void> {
    return this.#listening
  }

  async stop(): Promise<void> {
    await this.#connections.close()
    await this.#rpc?.destroy()
  }

  health(): Health {
    return this.#health
  }

  /** Closes connections of devices that are no longer known. Call it when membership changes. */
  enforce(): void {
    this.#connections.enforce()
  }
}
