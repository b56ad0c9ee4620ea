import type Hyperbee from 'hyperbee'
import { codeOf } from '../base/files.ts'
import type { BeeReader, StoredChange, StoredDifference, StoredRecord, TextRange } from './bee-reader.ts'

/** Reads a core that this install writes, with Hyperbee and its caches. */
export class OwnReader implements BeeReader {
  constructor(private readonly bee: Hyperbee) {}

  get version(): number {
    return this.bee.version
  }

  async get(key: string): Promise<Uint8Array | null> {
    return (await this.bee.get(key))?.value ?? null
  }

  records(range: TextRange, isReverse: boolean): AsyncIterable<StoredRecord> {
    return this.bee.createReadStream({ ...range, reverse: isReverse })
  }

  async changeAt(sequence: number): Promise<StoredChange | 'missing' | 'rubbish'> {
    const read = (): Promise<StoredChange> => this.bee.getBySeq(sequence, { wait: false })
    try {
      return await read()
    } catch (cause) {
      if (codeOf(cause) === 'BLOCK_NOT_AVAILABLE') return 'missing'
      // Hyperbee throws many kinds of errors on malformed blocks. A block that can be read raw but fails to decode
      // twice is malformed; any other failure throws here, and the caller tries again.
      await this.bee.core.get(sequence, { wait: false, raw: true })
      return read().catch(() => 'rubbish' as const)
    }
  }

  async *differences(
    sinceVersion: number,
    version: number,
    range: TextRange,
  ): AsyncGenerator<StoredDifference, void, undefined> {
    const now = this.bee.checkout(version)
    try {
      if (sinceVersion <= 1) {
        for await (const { key, value } of now.createReadStream(range)) yield { key, before: null, after: value }
        return
      }
      for await (const { left, right } of now.createDiffStream(sinceVersion, range)) {
        const key = (left ?? right)?.key
        if (key !== undefined) yield { key, before: right?.value ?? null, after: left?.value ?? null }
      }
    } finally {
      await now.close()
    }
  }

  close(): Promise<void> {
    return this.bee.close()
  }
}
