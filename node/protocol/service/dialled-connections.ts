import RPC, { type RpcClient } from '@hyperswarm/rpc'
import { raw } from 'compact-encoding'
import type DHT from 'hyperdht'
import type { KeyPair } from 'hyperdht'
import type { Log } from '../../base/log.ts'
import type { DeviceId } from '../../contract/ids.ts'
import { fail, type Result } from '../../contract/result.ts'
import { codeOf } from '../../base/files.ts'
import { decodeReply } from '../messages/call-encoding.ts'
import type { MethodName } from '../methods.ts'
import { defaultHeartbeatTimes, type HeartbeatTimes } from './heartbeat.ts'
import { ServiceConnection } from './service-connection.ts'

/** A machine to dial: where its service listens, and what to call it. */
export interface ServiceTarget {
  readonly deviceId: DeviceId
  readonly serviceKey: Uint8Array
  readonly name: string
}

export interface DialledConnectionsOptions {
  readonly dht: DHT
  readonly deviceKeyPair: KeyPair
  readonly log: Log
  readonly heartbeat?: HeartbeatTimes
  /** A connection without generations and calls closes after this long. */
  readonly idleMs?: number
}

interface Dialled {
  readonly deviceId: DeviceId
  readonly serviceKey: Uint8Array
  readonly rpcClient: RpcClient
  readonly connection: ServiceConnection
  /** Generations and calls under way. */
  uses: number
  isOpen: boolean
  idleTimer: NodeJS.Timeout | undefined
}

/** A connection while it is used. Release it once, when the reply has come or nobody waits for it any more. */
export interface UsedConnection {
  readonly connection: ServiceConnection
  /** Sends a call; resolves with the body of its reply. Never rejects. */
  request(method: MethodName, bytes: Uint8Array): Promise<Result<Uint8Array>>
  release(): void
}

/** One lazy connection to each machine, dialled with the device key and shared by all that is asked of it. */
export class DialledConnections {
  readonly #rpc: RPC
  readonly #dialled = new Map<DeviceId, Dialled>()
  readonly #idleMs: number
  #isStopped = false

  constructor(private readonly options: DialledConnectionsOptions) {
    this.#rpc = new RPC({ dht: options.dht, keyPair: options.deviceKeyPair, valueEncoding: raw })
    this.#idleMs = options.idleMs ?? 60_000
  }

  /** Null when the machine cannot be dialled. */
  use(target: ServiceTarget): UsedConnection | null {
    const dialled = this.#dial(target)
    if (!dialled) return null
    dialled.uses += 1
    clearTimeout(dialled.idleTimer)
    return {
      connection: dialled.connection,
      request: (method, bytes) => this.#request(dialled, target.name, method, bytes),
      release: () => this.#release(dialled),
    }
  }

  disconnect(deviceId: DeviceId): void {
    const dialled = this.#dialled.get(deviceId)
    if (!dialled) return
    clearTimeout(dialled.idleTimer)
    this.#dialled.delete(deviceId)
    dialled.connection.destroy('disconnected')
    dialled.rpcClient.destroy()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const deviceId of [...this.#dialled.keys()]) this.disconnect(deviceId)
    await this.#rpc.destroy({ force: true })
  }

  #dial({ deviceId, serviceKey }: ServiceTarget): Dialled | null {
    if (this.#isStopped) return null
    const known = this.#dialled.get(deviceId)
    if (known && !known.connection.isClosed && sameKey(known.serviceKey, serviceKey)) return known
    if (known) this.disconnect(deviceId)
    const rpcClient = this.#connect(serviceKey)
    if (!rpcClient || rpcClient.stream.destroying) return null
    const { heartbeat = defaultHeartbeatTimes, log } = this.options
    const { stream, mux } = rpcClient
    const connection = new ServiceConnection({ stream, mux, peer: deviceId, heartbeat, log })
    const dialled: Dialled = {
      deviceId,
      serviceKey,
      rpcClient,
      connection,
      uses: 0,
      isOpen: false,
      idleTimer: undefined,
    }
    this.#dialled.set(deviceId, dialled)
    void connection.opened.then((isOpen) => (dialled.isOpen = isOpen))
    connection.onClose(() => {
      if (this.#dialled.get(deviceId) === dialled) this.disconnect(deviceId)
    })
    return dialled
  }

  /** Null when the DHT cannot dial: it is suspended or closed, or the key is none. */
  #connect(serviceKey: Uint8Array): RpcClient | null {
    try {
      return this.#rpc.connect(serviceKey, { keyPair: this.options.deviceKeyPair })
    } catch (cause) {
      this.options.log.debug({ cause }, 'cannot dial')
      return null
    }
  }

  #release(dialled: Dialled): void {
    const { deviceId } = dialled
    dialled.uses -= 1
    if (dialled.uses > 0 || this.#dialled.get(deviceId) !== dialled) return
    // A dial that nobody waits for any more is given up, so that the next request dials anew.
    if (!dialled.isOpen) this.disconnect(deviceId)
    else dialled.idleTimer = setTimeout(() => this.disconnect(deviceId), this.#idleMs)
  }

  async #request(
    { rpcClient, connection }: Dialled,
    machine: string,
    method: MethodName,
    bytes: Uint8Array,
  ): Promise<Result<Uint8Array>> {
    try {
      return decodeReply(await rpcClient.request(method, bytes))
    } catch (cause) {
      this.options.log.debug({ method, code: codeOf(cause) }, 'service call failed')
      if (codeOf(cause) === 'UNKNOWN_METHOD') return fail('version_mismatch')
      const isOpen = await connection.opened
      return fail(isOpen ? 'machine_lost' : 'machine_unreachable', { machine })
    }
  }
}

function sameKey(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}
