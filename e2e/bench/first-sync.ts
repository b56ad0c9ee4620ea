import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import Corestore from 'corestore'
import type { Hypercore } from 'hypercore'
import Hyperbee from 'hyperbee'
import { keyPairFromSeed, randomBytes } from '../../node/crypto/keys.ts'
import { Bee } from '../../node/state/bee.ts'

/**
 * npm run bench -- first-sync [blocks]: how long it takes to fetch a long usage bee from another device and to read all
 * of it, with every block checked and, in the same run, by Hyperbee alone, as it was before.
 */
const blocks = Number(process.argv[2] ?? 1_000_000)
const batchSize = 1_000
const changesAtOnce = 512
const encryptionKey = new Uint8Array(32).fill(3)
const range = { gte: 'v1/', lt: 'v1/\uffff' }

type Replicating = Hypercore & { replicate(isInitiator: boolean): Duplex }

interface Reading {
  readonly core: Hypercore
  /** All records by the tree, then all changes in turn; how many there were of both. */
  readAll(): Promise<number>
  close(): Promise<void>
}

async function checked(store: Corestore, key: Uint8Array): Promise<Reading> {
  const bee = await Bee.open(store, 'usage', { key }, encryptionKey)
  return {
    core: bee.core,
    async readAll() {
      let count = (await bee.differences(0, 'v1/')).differences.length
      for (let version = 1; version < bee.version;) {
        const part = await bee.changes(version, changesAtOnce)
        count += part.changes.length
        version = part.version
      }
      if (bee.unlawful) throw bee.unlawful
      return count
    },
    close: () => bee.close(),
  }
}

async function unchecked(store: Corestore, key: Uint8Array): Promise<Reading> {
  const core = store.get({ key, timeout: 5_000, encryption: { key: encryptionKey } })
  const bee = new Hyperbee(core, { keyEncoding: 'utf-8', valueEncoding: 'binary', extension: false })
  await bee.ready()
  return {
    core,
    async readAll() {
      let count = 0
      const now = bee.checkout(bee.version)
      for await (const { value } of now.createReadStream(range)) count += parse(value)
      await now.close()
      for (let version = 1; version < bee.version; version += changesAtOnce) {
        const length = Math.min(changesAtOnce, bee.version - version)
        const sequences = Array.from({ length }, (_, index) => version + index)
        const part = await Promise.all(sequences.map((sequence) => bee.getBySeq(sequence, { wait: false })))
        for (const { value } of part) count += value ? parse(value) : 1
      }
      return count
    },
    close: () => bee.close(),
  }
}

function parse(bytes: Uint8Array): number {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) === undefined ? 0 : 1
}

async function measure(
  writer: Bee,
  directory: string,
  open: typeof checked,
): Promise<{ syncMs: number; readMs: number }> {
  const store = new Corestore(directory)
  await store.ready()
  const reading = await open(store, writer.key)
  const startMs = performance.now()
  const done = reading.core.download({ start: 0, end: blocks }).done()
  const one = (writer.core as Replicating).replicate(true)
  const other = (reading.core as Replicating).replicate(false)
  for (const stream of [one, other]) stream.on('error', () => undefined)
  one.pipe(other).pipe(one)
  await done
  const syncedMs = performance.now()
  const count = await reading.readAll()
  const readMs = performance.now()
  if (count < blocks) throw new Error(`Only ${count} records were read`)
  one.destroy()
  other.destroy()
  await reading.close()
  await store.close()
  return { syncMs: Math.round(syncedMs - startMs), readMs: Math.round(readMs - syncedMs) }
}

const directory = await mkdtemp(join(tmpdir(), 'kith-first-sync-'))
try {
  const store = new Corestore(join(directory, 'writer'))
  await store.ready()
  const writer = await Bee.open(store, 'usage', { keyPair: keyPairFromSeed(randomBytes(32)) }, encryptionKey)
  while (writer.core.length < blocks) {
    const from = writer.core.length
    const count = Math.min(batchSize, blocks - from)
    await writer.update(
      Array.from({ length: count }, (_, index) => {
        const place = String(((from + index) * 7_919) % blocks).padStart(10, '0')
        return [
          `v1/rollup/hour/${place}`,
          () => ({ requests: from, failures: 0, prompt: index, completion: 40 }),
        ] as const
      }),
    )
  }
  const before = await measure(writer, join(directory, 'unchecked'), unchecked)
  const after = await measure(writer, join(directory, 'checked'), checked)
  await store.close()
  const ratio = (after.syncMs + after.readMs) / (before.syncMs + before.readMs)
  console.log(
    JSON.stringify({
      blocks,
      sync_ms: after.syncMs,
      read_ms: after.readMs,
      unchecked_sync_ms: before.syncMs,
      unchecked_read_ms: before.readMs,
      ratio: Number(ratio.toFixed(2)),
    }),
  )
} finally {
  await rm(directory, { recursive: true, force: true })
}
