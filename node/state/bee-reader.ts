/** Keys from one, included, to another, excluded. */
export interface TextRange {
  readonly gte: string
  readonly lt: string
}

export interface StoredRecord {
  readonly key: string
  readonly value: Uint8Array
}

/** One step of a bee's history; the value is null if the record was removed. */
export interface StoredChange {
  readonly key: string
  readonly value: Uint8Array | null
}

export interface StoredDifference {
  readonly key: string
  readonly before: Uint8Array | null
  readonly after: Uint8Array | null
}

/** How the records of one core are read: as Hyperbee does where we write it, with every block checked where others do. */
export interface BeeReader {
  /** Grows with every change; equal versions mean equal contents. */
  readonly version: number
  get(key: string): Promise<Uint8Array | null>
  records(range: TextRange, isReverse: boolean): AsyncIterable<StoredRecord>
  /** The change of one block that is stored here: `missing` if it is not, `rubbish` if it is none. */
  changeAt(sequence: number): Promise<StoredChange | 'missing' | 'rubbish'>
  /** What differs between two versions; version 1 is empty. */
  differences(sinceVersion: number, version: number, range: TextRange): AsyncIterable<StoredDifference>
  close(): Promise<void>
}
