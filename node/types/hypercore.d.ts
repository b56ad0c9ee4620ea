declare module 'hypercore' {
  import type { EventEmitter } from 'node:events'
  import type { Mux } from 'protomux'

  /** Another device with which a core is replicated on one connection. */
  export interface HypercorePeer {
    readonly stream: object
    /** The channel has closed. */
    readonly removed: boolean
    /** Its requests that have no answer yet, by their id. */
    readonly remoteRequests: ReadonlyMap<number, unknown>
    /** Those of them that wait until the connection has drained. */
    readonly receiverQueue: { readonly length: number }
    readonly stats: { readonly wireWant: { readonly tx: number } }
  }

  export interface Hypercore extends EventEmitter {
    readonly key: Uint8Array
    readonly discoveryKey: Uint8Array
    readonly length: number
    /** Bytes of all blocks; 0 before it is open. */
    readonly byteLength: number
    readonly fork: number
    readonly contiguousLength: number
    readonly writable: boolean
    readonly closed: boolean
    /** What all sessions of one core share. */
    readonly core: {
      /** Its key is its writer's public key and no hash of a manifest, as in versions of long ago. */
      readonly compat: boolean
      hasSession(): boolean
      close(): Promise<unknown>
    }
    readonly peers: readonly HypercorePeer[]
    ready(): Promise<void>
    update(options?: { wait?: boolean }): Promise<boolean>
    get(index: number, options?: { timeout?: number; wait?: boolean; raw?: boolean }): Promise<Uint8Array | null>
    append(block: Uint8Array | readonly Uint8Array[]): Promise<{ length: number }>
    download(range: { start: number; end: number }): { done(): Promise<void>; destroy(): void }
    /** Gives the blocks back; they cannot be read here any more. */
    clear(start: number, end: number): Promise<unknown>
    replicate(mux: Mux): void
    close(): Promise<void>
  }
}
