declare module 'corestore' {
  import type { Hypercore } from 'hypercore'

  interface CoreOptions {
    key?: Uint8Array
    /** False opens a core that is only read, even where its key pair is known. */
    writable?: boolean
    keyPair?: { publicKey: Uint8Array; secretKey: Uint8Array }
    encryption?: { key: Uint8Array }
    /** Milliseconds a read waits for a block of another peer. */
    timeout?: number
    /** How many blocks are asked of a peer at a time: at least, and at most. */
    inflightRange?: readonly [number, number]
  }

  export default class Corestore {
    constructor(directory: string, options?: { allowBackup?: boolean; wait?: boolean })
    ready(): Promise<void>
    get(options: CoreOptions): Hypercore
    suspend(): Promise<void>
    resume(): Promise<void>
    close(): Promise<void>
  }
}
