import type Corestore from 'corestore'
import type { Hypercore } from 'hypercore'
import Hyperbee from 'hyperbee'
import { z } from 'zod'
import type { BeeKind } from '../base/core-limits.ts'
import type { KeyPair } from '../crypto/keys.ts'
import { readChanges, type BeeChanges } from './bee-changes.ts'
import { readDifferences, type BeeDifferences } from './bee-differences.ts'
import { formats } from './formats.ts'

/** Largest record in any bee. */
const maxRecordBytes = 1024 * 1024
/** How long a read waits for a block that another peer still has to send. */
const blockTimeoutMs = 5_000
export const headerKey = 'v1/meta'
const headerSchema = z.object({ format: z.number().int().min(1), kind: z.string().max(40) })

/** A key and the change of its record: it gets the stored JSON or null; returning `undefined` removes the record. */
export type RecordChange = readonly [key: string, change: (stored: unknown) => unknown]

type CoreSource = { readonly keyPair: KeyPair } | { readonly key: Uint8Array }

/**
 * A sorted store with one writer: text keys, and JSON values that a schema checks on reading.
 *
 * Values are encoded before Hyperbee gets them, because a throw inside its `put` never releases the write lock;
 * read-modify-write takes the batch lock, because `batch.get` alone does not (holepunchto/hyperbee#116).
 */
export class Bee {
  readonly #bee: Hyperbee
  #writes = 0
  /** The bee that this one was moved to; reads and writes go there. */
  #next: Bee | null = null

  private constructor(
    readonly core: Hypercore,
    readonly kind: BeeKind,
  ) {
    this.#bee = new Hyperbee(core, { keyEncoding: 'utf-8', valueEncoding: 'binary', extension: false })
  }

  /** Opens a core as writer (key pair) or reader (key). A new core gets its format header at once. */
  static async open(
    store: Corestore,
    kind: BeeKind,
    source: CoreSource,
    encryptionKey: Uint8Array | null,
  ): Promise<Bee> {
    const core = store.get({
      ...source,
      timeout: blockTimeoutMs,
      ...(encryptionKey ? { encryption: { key: encryptionKey } } : {}),
    })
    const bee = new Bee(core, kind)
    await core.ready()
    await bee.#bee.ready()
    if (core.writable && core.length === 0) await bee.put(headerKey, { format: formats[kind], kind })
    return bee
  }

  get key(): Uint8Array {
    return this.core.key
  }

  /** Grows with every change; equal versions mean equal contents. */
  get version(): number {
    return this.#bee.version
  }

  /** False while nothing was written or received, when a missing record proves nothing. */
  get isKnown(): boolean {
    return this.core.length > 0
  }

  /** Whether the header has this kind and the current format. */
  async hasHeader(): Promise<boolean> {
    return (await this.format()) === formats[this.kind]
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
    const entry = await this.#bee.get(key)
    return entry ? decode(entry.value, schema) : null
  }

  async put(key: string, value: unknown): Promise<void> {
    await this.update([[key, () => value]])
  }

  async remove(key: string): Promise<void> {
    await this.update([[key, () => undefined]])
  }

  /** Changes records in one atomic step. A change that returns the stored object itself leaves the record alone. */
  async update(changes: readonly RecordChange[]): Promise<void> {
    const batch = this.#bee.batch()
    this.#writes += 1
    try {
      await batch.lock()
      if (this.#next) {
        await batch.close()
        await this.#next.update(changes)
        return
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
    const batch = this.#bee.batch()
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

  /** Records whose key starts with the prefix, in key order. Records that fail the schema are left out. */
  async list<T>(prefix: string, schema: z.ZodType<T>): Promise<{ key: string; value: T }[]> {
    if (this.#next) return this.#next.list(prefix, schema)
    const found: { key: string; value: T }[] = []
    for await (const entry of this.#bee.createReadStream({ gte: prefix, lt: `${prefix}\uffff` })) {
      const value = decode(entry.value, schema)
      if (value !== null) found.push({ key: entry.key.slice(prefix.length), value })
    }
    return found
  }

  /** Records in a range of keys, in reverse key order. Records that fail the schema are left out. */
  async *newest<T>(
    range: { readonly gte: string; readonly lt: string },
    schema: z.ZodType<T>,
  ): AsyncGenerator<{ key: string; value: T }, void, undefined> {
    for await (const entry of this.#bee.createReadStream({ ...range, reverse: true })) {
      const value = decode(entry.value, schema)
      if (value !== null) yield { key: entry.key, value }
    }
  }

  /**
   * Up to `max` changes after a version, oldest first, and the version they lead to.
   *
   * Reads only local blocks and stops at a missing one; `onProgress` tells when there is more. Skips blocks that
   * are no records.
   */
  changes(sinceVersion: number, max: number): Promise<BeeChanges> {
    return readChanges(this.#bee, sinceVersion, max, parse)
  }

  /** The records under a prefix that differ from an earlier version; from version 0, all of them. */
  differences(sinceVersion: number, prefix: string): Promise<BeeDifferences> {
    return readDifferences(this.#bee, sinceVersion, prefix, parse)
  }

  /** How often the writer has truncated the core; a well-behaved one never does. */
  get fork(): number {
    return this.core.fork
  }

  /** Asks connected peers for a longer core; returns at once without peers. */
  async refresh(): Promise<void> {
    await this.core.update({ wait: true })
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
    this.core.download({ start: 0, end: -1 })
  }

  async close(): Promise<void> {
    await this.#bee.close()
  }
}

function encode(value: unknown): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(value))
  if (bytes.byteLength > maxRecordBytes) throw new RangeError('Record too large')
  return bytes
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.byteLength > maxRecordBytes) return null
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown
  } catch {
    // Another member's bee may hold malformed values; they read as null.
    return null
  }
}

function decode<T>(bytes: Uint8Array, schema: z.ZodType<T>): T | null {
  const parsed = schema.safeParse(parse(bytes))
  return parsed.success ? parsed.data : null
}
