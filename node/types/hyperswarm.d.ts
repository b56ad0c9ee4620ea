declare module 'hyperswarm' {
  import type { EventEmitter } from 'node:events'
  import type DHT from 'hyperdht'
  import type { Duplex } from 'node:stream'

  interface KeyPair {
    publicKey: Uint8Array
    secretKey: Uint8Array
  }
  export interface PeerInfo {
    readonly publicKey: Uint8Array
    readonly client: boolean
    ban(banned: boolean): void
  }
  export interface SwarmConnection extends Duplex {
    readonly remotePublicKey: Uint8Array
    readonly handshakeHash: Uint8Array
    readonly isInitiator: boolean
    readonly opened: Promise<boolean>
    /** Resolves false when the stream went before everything had left. */
    flush(): Promise<boolean>
  }
  interface Discovery {
    flushed(): Promise<void>
    refresh(): Promise<void>
    destroy(): Promise<void>
  }

  export default class Hyperswarm extends EventEmitter {
    constructor(options: { keyPair: KeyPair; dht: DHT; maxPeers?: number; backoffs?: number[] })
    readonly connections: Set<SwarmConnection>
    join(topic: Uint8Array, options?: { server?: boolean; client?: boolean }): Discovery
    leave(topic: Uint8Array): Promise<void>
    joinPeer(publicKey: Uint8Array): void
    leavePeer(publicKey: Uint8Array): void
    suspend(): Promise<void>
    resume(): Promise<void>
    destroy(): Promise<void>
    on(event: 'connection', listener: (connection: SwarmConnection, info: PeerInfo) => void): this
    on(event: 'update', listener: () => void): this
  }
}
