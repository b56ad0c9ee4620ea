import type { Hypercore } from 'hypercore'
import { maxCoreBytes, maxCoreLength, type BeeKind } from '../base/core-limits.ts'
import type { BeeReader, StoredChange, StoredDifference, StoredRecord, TextRange } from './bee-reader.ts'
import { TreeReader } from './tree/tree-reader.ts'
import { differences, recordOf, records, type KeyRange } from './tree/tree-walk.ts'
import { malformed, UnlawfulCore } from './tree/unlawful-core.ts'

/**
 * Reads a core that another device writes, whose blocks may be anything.
 *
 * Every read ends, and throws `UnlawfulCore` on what Hyperbee would not have written. Hyperbee itself never sees these
 * blocks: a node that leads to itself would send it round for ever, in microtasks that no timer can interrupt
 * (docs/decisions/0185).
 */
export class CheckedReader implements BeeReader {
  constructor(
    private readonly core: Hypercore,
    private readonly kind: BeeKind,
  ) {}

  get version(): number {
    return Math.max(1, this.core.length)
  }

  async get(key: string): Promise<Uint8Array | null> {
    const block = await (await this.#now()).get(Buffer.from(key))
    return block ? recordOf(block).value : null
  }

  async *records(range: TextRange, isReverse: boolean): AsyncGenerator<StoredRecord, void, undefined> {
    for await (const { key, value } of records(await this.#now(), bytesOf(range), isReverse)) {
      yield { key: textOf(key), value }
    }
  }

  async changeAt(sequence: number): Promise<StoredChange | 'missing'> {
    this.checkCore()
    const block = await this.#at(this.version).blockHere(sequence)
    return block ? { key: textOf(block.key), value: block.value } : 'missing'
  }

  async *differences(
    sinceVersion: number,
    version: number,
    range: TextRange,
  ): AsyncGenerator<StoredDifference, void, undefined> {
    this.checkCore()
    for await (const { key, before, after } of differences(this.#at(sinceVersion), this.#at(version), bytesOf(range))) {
      yield { key: textOf(key), before: before?.value ?? null, after: after?.value ?? null }
    }
  }

  /**
   * Throws where the writer has signed more than a core of this kind may hold, or made a core as no Kith does: Hypercore
   * cannot decrypt one of its early kind, and learns that it is one only with the first proof.
   */
  checkCore(): void {
    const { length, byteLength, core } = this.core
    if (core.compat) malformed('its key is that of an early Hypercore')
    if (length > maxCoreLength[this.kind]) throw new UnlawfulCore('records_too_long', `${length} blocks`)
    if (byteLength > maxCoreBytes[this.kind]) throw new UnlawfulCore('records_too_long', `${byteLength} bytes`)
  }

  close(): Promise<void> {
    return this.core.close()
  }

  async #now(): Promise<TreeReader> {
    // Takes in what its writer has taken back, if it has.
    await this.core.update()
    this.checkCore()
    return this.#at(this.version)
  }

  #at(version: number): TreeReader {
    return new TreeReader(this.core, version)
  }
}

function bytesOf({ gte, lt }: TextRange): KeyRange {
  return { gte: Buffer.from(gte), lt: Buffer.from(lt) }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
