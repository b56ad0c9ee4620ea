declare module '@hyperswarm/rpc' {
  import type { EventEmitter } from 'node:events'
  import type DHT from 'hyperdht'
  import type { KeyPair, SecretStream, ServerOptions } from 'hyperdht'
  import type { Encoder } from 'compact-encoding'
  import type { Mux } from 'protomux'

  /** One connection as the server sees it. */
  export interface RpcConnection extends EventEmitter {
    readonly stream: SecretStream
    readonly mux: Mux
    readonly closed: boolean
    destroy(error?: Error): void
  }
  export interface RpcServer extends EventEmitter {
    readonly publicKey: Uint8Array
    readonly connections: ReadonlySet<RpcConnection>
    listen(keyPair: KeyPair): Promise<void>
    close(): Promise<void>
    respond(method: string, handler: (value: Uint8Array, connection: RpcConnection) => Promise<Uint8Array>): this
    on(event: 'connection', listener: (connection: RpcConnection) => void): this
    on(event: 'close' | 'listening', listener: () => void): this
  }
  export interface RpcClient extends EventEmitter {
    readonly closed: boolean
    readonly mux: Mux
    readonly stream: SecretStream
    request(method: string, value: Uint8Array, options?: { timeout?: number }): Promise<Uint8Array>
    end(): Promise<void>
    destroy(error?: Error): void
  }

  export default class RPC {
    constructor(options: { dht: DHT; keyPair?: KeyPair; valueEncoding?: Encoder<Uint8Array> })
    createServer(options?: ServerOptions): RpcServer
    connect(publicKey: Uint8Array, options: { keyPair: KeyPair }): RpcClient
    destroy(options?: { force?: boolean }): Promise<void>
  }
}
