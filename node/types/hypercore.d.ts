declare module 'hypercore' {
  import type { EventEmitter } from 'node:events'
  import type { Mux } from 'protomux'

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
    readonly core: { hasSession(): boolean; close(): Promise<unknown> }
    readonly peers: readonly unknown[]
    ready(): Promise<void>
    update(options?: { wait?: boolean }): Promise<boolean>
    get(index: number, options?: { timeout?: number; wait?: boolean; raw?: boolean }): Promise<Uint8Array | null>
    append(block: Uint8Array): Promise<{ length: number }>
    download(range: { start: number; end: number }): { done(): Promise<void>; destroy(): void }
    /** Gives the blocks back; they cannot be read here any more. */
    clear(start: number, end: number): Promise<unknown>
    replicate(mux: Mux): void
    close(): Promise<void>
  }
}
