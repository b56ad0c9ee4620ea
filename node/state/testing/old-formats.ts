import Hyperbee from 'hyperbee'
import { z } from 'zod'
import { keyPairFromSeed } from '../../crypto/keys.ts'
import { openStore } from '../open-store.ts'
import { openLocalStore, type LocalStoreKeys } from '../local-store.ts'
import { limitRecords } from './limit-records.ts'

/** Keys of the local store of a test, the same in each process that opens it. */
export function testKeys(directory: string): LocalStoreKeys {
  return { directory, keyPair: keyPairFromSeed(Buffer.alloc(32, 7)), encryptionKey: Buffer.alloc(32, 9) }
}

export type Records = ReadonlyMap<string, unknown>

export const poolCount = 500
const chatCount = 1_000

/** What a local store of format 1 held: one record of read keys a pool, limits in old words, and much else. */
export function recordsOfFormatOne(): Records {
  const records = new Map<string, unknown>([
    ['v1/meta', { format: 1, kind: 'local' }],
    ['v1/settings', { theme: 'dark', deviceName: 'Desk' }],
    ...limitRecords({ incarnation: 'memory', writtenOff: 'gone' }),
  ])
  for (let index = 0; index < poolCount; index += 1) {
    records.set(`v1/pool/${poolOf(index)}/header`, `header ${index}`)
    records.set(`v1/pool/${poolOf(index)}/read-keys`, readKeysOf(index))
  }
  for (let index = 0; index < chatCount; index += 1) {
    records.set(`v1/chat/${String(index).padStart(8, '0')}`, { title: `Chat ${index}`, messages: index })
  }
  return records
}

/** The same records as format 2 laid them out: read keys are a ring. */
export function recordsOfFormatTwo(): Records {
  const moved = [...recordsOfFormatOne()].map(([key, value]): [string, unknown] => {
    if (key === 'v1/meta') return [key, { format: 2, kind: 'local' }]
    if (!key.endsWith('/read-keys')) return [key, value]
    return [`${key}/${String((value as { epoch: number }).epoch).padStart(8, '0')}`, value]
  })
  return new Map(moved)
}

/** The same records as format 3 lays them out: those of limits have other words. */
export function recordsOfFormatThree(): Records {
  const renamed = limitRecords({ incarnation: 'incarnation', writtenOff: 'writtenOff' })
  return new Map([...recordsOfFormatTwo(), ...renamed, ['v1/meta', { format: 3, kind: 'local' }]])
}

/** Writes records as earlier versions did: a Hyperbee, and no more of our code. */
export async function writeRecords(keys: LocalStoreKeys, records: Records): Promise<void> {
  const store = await openStore(keys.directory)
  if (!store.ok) throw new Error(store.error.message)
  const core = store.value.get({ keyPair: keys.keyPair, encryption: { key: keys.encryptionKey } })
  const bee = new Hyperbee(core, { keyEncoding: 'utf-8', valueEncoding: 'binary', extension: false })
  await bee.ready()
  const batch = bee.batch()
  for (const [key, value] of records) await batch.put(key, Buffer.from(JSON.stringify(value)))
  await batch.flush()
  await bee.close()
  await store.value.close()
}

/** Opens a local store as Kith does, and answers all that is in it. */
export async function contentsOf(keys: LocalStoreKeys, previous: LocalStoreKeys | null = null): Promise<Records> {
  const opened = await openLocalStore(keys, previous)
  if (!opened.ok) throw new Error(opened.error.message)
  const records = await opened.value.bee.list('v1/', z.unknown())
  await opened.value.close()
  return new Map(records.map(({ key, value }) => [`v1/${key}`, value]))
}

function poolOf(index: number): string {
  return index.toString(16).padStart(64, '0')
}

function readKeysOf(index: number): { epoch: number; poolKey: string; usageKey: string | null } {
  const usageKey = index % 3 === 0 ? null : 'cd'.repeat(32)
  return { epoch: 1 + (index % 5), poolKey: poolOf(index + 1_000_000), usageKey }
}
