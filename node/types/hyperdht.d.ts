declare module 'hyperdht' {
  import type { EventEmitter } from 'node:events'
  import type { Duplex } from 'node:stream'

  export interface KeyPair {
    publicKey: Uint8Array
    secretKey: Uint8Array
  }
  export interface Address {
    host: string
    port: number
  }
  /** Counters of the transport below the encryption; absent on relayed and bridged streams. */
  export interface RawStream {
    readonly rtt?: number
    readonly packetsReceived?: number
    readonly bytesReceived?: number
    readonly _writableState?: WritableState
    on?(event: 'data', listener: (bytes: Uint8Array) => void): unknown
    off?(event: 'data', listener: (bytes: Uint8Array) => void): unknown
  }
  /** What a stream of streamx holds that has not been written yet; it has no public name for it. */
  export interface WritableState {
    readonly buffered: number
  }
  /** An encrypted connection; `remotePublicKey` is proved by the Noise handshake. */
  export interface SecretStream extends Duplex {
    readonly publicKey: Uint8Array
    readonly remotePublicKey: Uint8Array
    readonly handshakeHash: Uint8Array
    readonly isInitiator: boolean
    readonly destroying: boolean
    readonly opened: Promise<boolean>
    readonly rawStream: RawStream | null
    /** What has gone to the transport since the handshake. */
    readonly rawBytesWritten: number
    readonly _writableState: WritableState
    /** What the other side has sent since the handshake. */
    readonly rawBytesRead: number
    /** Resolves false when the stream went before everything had left. */
    flush(): Promise<boolean>
  }
  export interface ServerOptions {
    /** True refuses. */
    firewall?(remotePublicKey: Uint8Array, payload: unknown, address: Address): boolean | Promise<boolean>
  }
  export interface Server extends EventEmitter {
    readonly closed: boolean
    readonly publicKey: Uint8Array
    listen(keyPair?: KeyPair): Promise<Server>
    close(): Promise<void>
    on(event: 'connection', listener: (stream: SecretStream) => void): this
  }

  export default class DHT extends EventEmitter {
    constructor(options?: {
      bootstrap?: readonly Address[]
      nodes?: readonly Address[]
      host?: string
      port?: number
      keyPair?: KeyPair
      ephemeral?: boolean
      firewalled?: boolean
    })
    static keyPair(seed?: Uint8Array): KeyPair
    /** The first node of a network of its own. */
    static bootstrapper(port: number, host: string): DHT
    readonly online: boolean
    readonly degraded: boolean
    readonly destroyed: boolean
    readonly suspended: boolean
    readonly bootstrapped: boolean
    createServer(options?: ServerOptions, onconnection?: (stream: SecretStream) => void): Server
    connect(publicKey: Uint8Array, options?: { keyPair?: KeyPair; relayThrough?: Uint8Array }): SecretStream
    fullyBootstrapped(): Promise<void>
    address(): Address
    toArray(): Address[]
    suspend(): Promise<void>
    resume(): Promise<void>
    destroy(options?: { force?: boolean }): Promise<void>
  }
}

declare module 'hyperdht/testnet.js' {
  import type DHT from 'hyperdht'
  import type { Address } from 'hyperdht'

  interface Testnet {
    readonly nodes: DHT[]
    readonly bootstrap: Address[]
    createNode(options?: object): DHT
    destroy(): Promise<void>
  }
  export default function createTestnet(size: number, options: { host: string; port?: number }): Promise<Testnet>
}
