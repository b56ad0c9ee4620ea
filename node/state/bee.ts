import type Corestore from 'corestore'
import type { Hypercore } from 'hypercore'
import Hyperbee from 'hyperbee'
import { z } from 'zod'
import { CodedError } from '../base/coded-error.ts'
import { maxCoreLength, type BeeKind } from '../base/core-limits.ts'
import { Listeners } from '../base/listeners.ts'
import { kithError } from '../contract/errors.ts'
import type { KeyPair } from '../crypto/keys.ts'
import { readChanges, type BeeChanges } from './bee-changes.ts'
import { readDifferences, type BeeDifferences } from './bee-differences.ts'
import type { BeeReader } from './bee-reader.ts'
import { CheckedReader } from './checked-reader.ts'
import { formats } from './formats.ts'
import { OwnReader } from './own-reader.ts'
import { decode, encode, parse } from './record-values.ts'
import { UnlawfulCore } from './tree/unlawful-core.ts'

/** How long a read waits for a block that another peer still has to send. */
const blockTimeoutMs = 5_000
/** Blocks asked of a peer at a time: a bee's are small, and Hyperbee asks for as many. */
const inflightRange = [256, 512] as const
/** The most blocks one record adds: its own, and the header's of an empty core. */
const spareBlocks = 2
export const headerKey = 'v1/meta'
const headerSchema = z.object({ format: z.number().int().min(1), kind: z.string().max(40) })

/** A key and the change of its record: it gets the stored JSON or null; returning `undefined` removes the record. */
export type RecordChange = readonly [key: string, change: (stored: unknown) => unknown]

type CoreSource = { readonly keyPair: KeyPair } | { readonly key: Uint8Array }

/**
 * A sorted store with one writer: text keys, and JSON values that a schema checks on reading.
 *
 * Hyperbee writes, and reads what this install writes. What others write may be anything: their blocks are checked before
 * anything follows them. A core that breaks the law of bees, or is too long, is not read again: its bee is empty from then
 * on, and `onUnlawful` tells why.
 *
 * Values are encoded before Hyperbee gets them, because a throw inside its `put` never releases the write lock;
 * read-modify-write takes the batch lock, because `batch.get` alone does not (holepunchto/hyperbee#116).
 */
export class Bee {
  /** Null for a core that another device writes. */
  readonly #hyperbee: Hyperbee | null
  readonly #reader: BeeReader
  readonly #unlawfulListeners = new Listeners<UnlawfulCore>()
  #unlawful: UnlawfulCore | null = null
  #writes = 0
  /** The bee that this one was moved to; reads and writes go there. */
  #next: Bee | null = null

  private constructor(
    readonly core: Hypercore,
    readonly kind: BeeKind,
    isOwn: boolean,
  ) {
    const hyperbee = isOwn
      ? new Hyperbee(core, { keyEncoding: 'utf-8', valueEncoding: 'binary', extension: false })
      : null
    this.#hyperbee = hyperbee
    if (hyperbee) {
      this.#reader = new OwnReader(hyperbee)
      return
    }
    const checked = new CheckedReader(core, kind)
    this.#reader = checked
    const check = (): void => this.#setAsideIf(() => checked.checkCore())
    core.on('append', check)
    check()
  }

  /**
   * Opens a core as writer (key pair) or reader (key). A new core gets its format header at once.
   *
   * By its key alone even a core of ours is only read: others can name it as theirs, under other keys, and what comes of
   * that is no Hyperbee.
   */
  static async open(
    store: Corestore,
    kind: BeeKind,
    source: CoreSource,
    encryptionKey: Uint8Array | null,
  ): Promise<Bee> {
    const isOwn = 'keyPair' in source
    const core = store.get({
      ...source,
      ...(isOwn ? {} : { writable: false }),
      timeout: blockTimeoutMs,
      inflightRange,
      ...(encryptionKey ? { encryption: { key: encryptionKey } } : {}),
    })
    await core.ready()
    const bee = new Bee(core, kind, isOwn)
    await bee.#hyperbee?.ready()
    if (isOwn && core.length === 0) await bee.put(headerKey, { format: formats[kind], kind })
    return bee
  }

  get key(): Uint8Array {
    return this.core.key
  }

  /** Grows with every change; equal versions mean equal contents. */
  get version(): number {
    return this.#unlawful ? 1 : this.#reader.version
  }

  /** False while nothing was written or received, when a missing record proves nothing. */
  get isKnown(): boolean {
    return !this.#unlawful && this.core.length > 0
  }

  /** Why this core is no longer read; null while it is. */
  get unlawful(): UnlawfulCore | null {
    return this.#unlawful
  }

  /** Fires once, when reading finds that the core breaks the law. */
  onUnlawful(listener: (why: UnlawfulCore) => void): void {
    this.#unlawfulListeners.add(listener)
  }

  /** Whether the header has this kind and the current format. */
  async hasHeader(): Promise<boolean> {
    return (await this.format()) === formats[this.kind]
  }

  /** Whether a record is the header that `hasHeader` asks for. */
  isHeader(record: unknown): boolean {
    const header = headerSchema.safeParse(record)
    return header.success && header.data.kind === this.kind && header.data.format === formats[this.kind]
  }

  /** The format from its header; null without a valid header of this kind. */
  async format(): Promise<number | null> {
    const header = await this.get(headerKey, headerSchema)
    return header?.kind === this.kind ? header.format : null
  }

  /** True while it holds nothing but its header. */
  get isFresh(): boolean {
    return this.version <= 2
  }

  async get<T>(key: string, schema: z.ZodType<T>): Promise<T | null> {
    if (this.#next) return this.#next.get(key, schema)
    return this.#read(null, async () => {
      const value = await this.#reader.get(key)
      return value && decode(value, schema)
    })
  }

  async put(key: string, value: unknown): Promise<void> {
    await this.update([[key, () => value]])
  }

  async remove(key: string): Promise<void> {
    await this.update([[key, () => undefined]])
  }

  /** Changes records in one atomic step. A change that returns the stored object itself leaves the record alone. */
  async update(changes: readonly RecordChange[]): Promise<void> {
    const batch = this.#ownHyperbee.batch()
    this.#writes += 1
    try {
      await batch.lock()
      if (this.#next) {
        await batch.close()
        await this.#next.update(changes)
        return
      }
      if (this.core.length + changes.length + spareBlocks > maxCoreLength[this.kind]) {
        throw new CodedError(kithError('records_full', { kind: this.kind }))
      }
      for (const [key, change] of changes) {
        const entry = await batch.get(key)
        const stored = entry ? parse(entry.value) : null
        const next = change(stored)
        if (next === stored) continue
        if (next === undefined) await batch.del(key)
        else await batch.put(key, encode(next))
      }
      await batch.flush()
    } catch (cause) {
      await batch.close()
      throw cause
    } finally {
      this.#writes -= 1
    }
  }

  /**
   * Makes another bee of ours hold the same records, in one step. After that, `get`, `list` and `update` on this
   * one go to the other, so that writes by code that still has this one are not lost.
   */
  async moveTo(next: Bee): Promise<void> {
    const batch = this.#ownHyperbee.batch()
    try {
      await batch.lock()
      if (this.#next) return
      const records = await this.list('v1/', z.unknown())
      const keys = new Set(records.map(({ key }) => key))
      const stale = (await next.list('v1/', z.unknown())).filter(({ key }) => !keys.has(key))
      const isRecord = ({ key }: { key: string }): boolean => `v1/${key}` !== headerKey
      await next.update([
        ...stale.filter(isRecord).map(({ key }) => [`v1/${key}`, () => undefined] as const),
        ...records.filter(isRecord).map(({ key, value }) => [`v1/${key}`, () => value] as const),
      ])
      this.#next = next
    } finally {
      await batch.close()
    }
  }

  /**
   * Fires when a bee of ours grows without our writing: this install was restored to an older state, or another
   * one writes with the same key.
   */
  onForeignAppend(listener: () => void): void {
    this.core.on('append', () => {
      if (this.core.writable && this.#writes === 0) listener()
    })
  }

  /**
   * Records whose key starts with the prefix, in key order, and not more than `max`. Records that fail the schema are
   * left out.
   */
  async list<T>(prefix: string, schema: z.ZodType<T>, max = Infinity): Promise<{ key: string; value: T }[]> {
    if (this.#next) return this.#next.list(prefix, schema, max)
    return this.#read([], async () => {
      const found: { key: string; value: T }[] = []
      for await (const record of this.#reader.records(rangeOf(prefix), false)) {
        if (found.length >= max) break
        const value = decode(record.value, schema)
        if (value !== null) found.push({ key: record.key.slice(prefix.length), value })
      }
      return found
    })
  }

  /** Records in a range of keys, in reverse key order. Records that fail the schema are left out. */
  async *newest<T>(
    range: { readonly gte: string; readonly lt: string },
    schema: z.ZodType<T>,
  ): AsyncGenerator<{ key: string; value: T }, void, undefined> {
    const records = this.#reader.records(range, true)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await this.#read(null, () => records.next())
        if (!next || next.done === true) return
        const value = decode(next.value.value, schema)
        if (value !== null) yield { key: next.value.key, value }
      }
    } finally {
      await records.return?.()
    }
  }

  /**
   * Up to `max` changes after a version, oldest first, and the version they lead to.
   *
   * Reads only local blocks and stops at a missing one; `onProgress` tells when there is more.
   */
  changes(sinceVersion: number, max: number): Promise<BeeChanges> {
    const none = { changes: [], version: sinceVersion }
    return this.#read(none, () => readChanges(this.#reader, sinceVersion, max, parse))
  }

  /** The records under a prefix that differ from an earlier version; from version 0, all of them. */
  differences(sinceVersion: number, prefix: string): Promise<BeeDifferences> {
    const none = { differences: [], version: sinceVersion }
    return this.#read(none, () => readDifferences(this.#reader, sinceVersion, prefix, parse))
  }

  /** How often the writer has truncated the core; a well-behaved one never does. */
  get fork(): number {
    return this.core.fork
  }

  /** Asks connected peers for a longer core; returns at once without peers. */
  async refresh(): Promise<void> {
    if (!this.#unlawful) await this.core.update({ wait: true })
  }

  /** Fires when there may be more to read here. Returns the unsubscribe function. */
  onProgress(listener: () => void): () => void {
    const events = ['append', 'download', 'truncate'] as const
    for (const event of events) this.core.on(event, listener)
    return () => {
      for (const event of events) this.core.off(event, listener)
    }
  }

  /** Fires when the core has grown, here or at a remote writer. Returns the unsubscribe function. */
  onAppend(listener: () => void): () => void {
    this.core.on('append', listener)
    return () => this.core.off('append', listener)
  }

  /** Downloads the whole core, so that reads work while the writer is away. */
  keepAll(): void {
    if (!this.#unlawful) this.core.download({ start: 0, end: -1 })
  }

  async close(): Promise<void> {
    await this.#reader.close()
  }

  /** Closes it and ends the replication of its core on every connection, unless the core is open elsewhere as well. */
  async abandon(): Promise<void> {
    const { core } = this.core
    await this.close()
    if (!core.hasSession()) await core.close()
  }

  get #ownHyperbee(): Hyperbee {
    if (!this.#hyperbee) throw new Error('Only the device that writes a bee can change it')
    return this.#hyperbee
  }

  /** Reads, or gives what an empty bee would where the core breaks the law, now or before. */
  async #read<T>(empty: T, read: () => Promise<T>): Promise<T> {
    if (this.#unlawful) return empty
    try {
      return await read()
    } catch (cause) {
      if (this.#hyperbee || !(cause instanceof UnlawfulCore)) throw cause
      this.#setAside(cause)
      return empty
    }
  }

  #setAsideIf(check: () => void): void {
    try {
      check()
    } catch (cause) {
      if (!(cause instanceof UnlawfulCore)) throw cause
      this.#setAside(cause)
    }
  }

  #setAside(why: UnlawfulCore): void {
    if (this.#unlawful) return
    this.#unlawful = why
    this.#unlawfulListeners.emit(why)
  }
}

function rangeOf(prefix: string): { gte: string; lt: string } {
  return { gte: prefix, lt: `${prefix}\uffff` }
}
