import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import DHT from 'hyperdht'
import { CodedError } from '../base/coded-error.ts'
import type { Facility, Health } from '../base/facility.ts'
import { withDeadline } from '../base/deadline.ts'
import { Listeners } from '../base/listeners.ts'
import type { Log } from '../base/log.ts'
import { kithError } from '../contract/errors.ts'
import { lendNode } from './lent-node.ts'

export interface DhtOptions {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly bootstrap?: readonly { readonly host: string; readonly port: number }[] | undefined
}

/** A graceful close notifies the node's neighbours; after this it is forced. */
const closeDeadlineMs = 3_000

/** Checked first, because hyperdht silently takes another port when the given one is in use. */
function isPortFree(port: number, host = '0.0.0.0'): Promise<boolean> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false))
    socket.bind(port, host, () => socket.close(() => resolve(true)))
  })
}

/** This install's one node in the distributed hash table (DHT), started at launch and shared. */
export class DhtNode implements Facility {
  readonly name = 'dht'
  readonly needs = []
  #dht: DHT | null = null
  #listeners = new Listeners()

  constructor(
    private options: DhtOptions,
    private readonly log: Log,
  ) {}

  get dht(): DHT {
    if (!this.#dht) throw new Error('The DHT node is not running')
    return this.#dht
  }

  /** The same node for a user that destroys the node it was given, such as Hyperswarm. */
  lend(isRefused?: (publicKey: Uint8Array) => boolean): DHT {
    return lendNode(this.dht, isRefused)
  }

  get isLocal(): boolean {
    return this.options.host === '127.0.0.1'
  }

  /** True when other nodes answer. */
  get isOnline(): boolean {
    return this.#dht !== null && this.#dht.online && this.#dht.bootstrapped
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Throws `port_taken` if the given port is in use. */
  async start(): Promise<void> {
    const { host, port, bootstrap } = this.options
    if (port !== undefined && !(await isPortFree(port, host))) throw new CodedError(kithError('port_taken', { port }))
    const dht = new DHT({
      ...(host ? { host } : {}),
      ...(port === undefined ? {} : { port }),
      ...(bootstrap ? { bootstrap: bootstrap.map((node) => ({ ...node })) } : {}),
    })
    this.#dht = dht
    const changed = (): void => {
      this.#listeners.emit()
    }
    dht.on('ready', changed)
    dht.on('network-update', changed)
    // Not awaited, so that the window can open; a failure only means "not online yet".
    dht.fullyBootstrapped().then(changed, (cause: unknown) => this.log.debug({ cause }, 'dht bootstrap'))
  }

  /** Moves to another network. Everything that uses the old node must be stopped first. */
  async moveTo(options: DhtOptions): Promise<void> {
    await this.stop()
    this.options = options
    await this.start()
  }

  async stop(): Promise<void> {
    const dht = this.#dht
    this.#dht = null
    if (!dht) return
    const closed = await withDeadline(dht.destroy(), closeDeadlineMs)
    if (!closed.inTime) await dht.destroy({ force: true })
  }

  async suspend(): Promise<void> {
    await this.#dht?.suspend()
  }

  async resume(): Promise<void> {
    await this.#dht?.resume()
  }

  health(): Health {
    return this.isOnline
      ? { state: 'ok', reason: 'Other computers can be found.' }
      : { state: 'degraded', reason: 'No other computers answer yet.' }
  }
}
