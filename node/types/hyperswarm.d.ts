declare module 'hyperswarm' {
  import type { EventEmitter } from 'node:events'
  import type DHT from 'hyperdht'
  import type { SecretStream } from 'hyperdht'

  interface KeyPair {
    publicKey: Uint8Array
    secretKey: Uint8Array
  }
  export interface PeerInfo {
    readonly publicKey: Uint8Array
    readonly client: boolean
    ban(banned: boolean): void
  }
  export type SwarmConnection = SecretStream
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
