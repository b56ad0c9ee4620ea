declare module 'hyperbee' {
  import type { Hypercore } from 'hypercore'

  interface Entry {
    seq: number
    key: string
    value: Uint8Array
  }
  interface Range {
    gte?: string
    gt?: string
    lt?: string
    lte?: string
    limit?: number
    reverse?: boolean
  }
  interface Batch {
    lock(): Promise<void>
    get(key: string): Promise<Entry | null>
    put(key: string, value: Uint8Array): Promise<void>
    del(key: string): Promise<void>
    flush(): Promise<void>
    close(): Promise<void>
  }

  export default class Hyperbee {
    constructor(core: Hypercore, options: { keyEncoding: 'utf-8'; valueEncoding: 'binary'; extension: false })
    readonly core: Hypercore
    readonly version: number
    ready(): Promise<void>
    get(key: string): Promise<Entry | null>
    getBySeq(seq: number, options: { wait: boolean }): Promise<{ key: string; value: Uint8Array | null }>
    batch(): Batch
    createReadStream(range: Range): AsyncIterable<Entry>
    createDiffStream(right: number, range: Range): AsyncIterable<{ left: Entry | null; right: Entry | null }>
    checkout(version: number): Hyperbee
    close(): Promise<void>
  }
}
