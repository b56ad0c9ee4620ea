import type { BeeReader, StoredChange } from './bee-reader.ts'

/** One step of a bee's history; the value is `undefined` if removed, null if unreadable. */
export interface BeeChange {
  readonly key: string
  readonly value: unknown
}

export interface BeeChanges {
  readonly changes: BeeChange[]
  /** The version to continue from. */
  readonly version: number
}

/** Up to `max` changes after a version, oldest first. Reads only local blocks and stops at a missing one. */
export async function readChanges(
  reader: BeeReader,
  sinceVersion: number,
  max: number,
  parse: (bytes: Uint8Array) => unknown,
): Promise<BeeChanges> {
  // Block 0 is Hyperbee's own header.
  const since = sinceVersion > reader.version ? 1 : Math.max(1, sinceVersion)
  const sequences = Array.from({ length: Math.min(max, reader.version - since) }, (_, index) => since + index)
  const read = await Promise.all(sequences.map((sequence) => reader.changeAt(sequence)))
  const missing = read.indexOf('missing')
  const here = missing === -1 ? read : read.slice(0, missing)
  return {
    changes: here
      .filter((change): change is StoredChange => change !== 'missing' && change !== 'rubbish')
      .map(({ key, value }) => ({ key, value: value ? parse(value) : undefined })),
    version: since + here.length,
  }
}
