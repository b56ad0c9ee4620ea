import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formats } from '../formats.ts'
import { openLocalStore } from '../local-store.ts'
import {
  contentsOf,
  recordsOfFormatOne,
  recordsOfFormatThree,
  recordsOfFormatTwo,
  testKeys,
  writeRecords,
} from '../testing/old-formats.ts'
import { migrations } from './migrate.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kith-migrate-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

describe('migrations of the local store', { retry: 0 }, () => {
  it('lead from each format to the next, up to the one that is written', () => {
    for (const [kind, format] of Object.entries(formats)) {
      const steps = migrations.filter((migration) => migration.kind === kind).map((migration) => migration.format)
      expect(steps).toEqual(Array.from({ length: format - 1 }, (_, index) => index + 2))
    }
  })

  it.each([
    [1, recordsOfFormatOne],
    [2, recordsOfFormatTwo],
  ])('open what format %i wrote, and lose no record', async (_format, records) => {
    const keys = testKeys(join(directory, 'local'))
    await writeRecords(keys, records())
    expect(await contentsOf(keys)).toEqual(recordsOfFormatThree())
    // Opened once more, nothing is left to do.
    expect(await contentsOf(keys)).toEqual(recordsOfFormatThree())
  })

  it('leave alone what cannot be read as a record of limits', async () => {
    const keys = testKeys(join(directory, 'local'))
    const odd: [string, unknown][] = [
      ['v1/limit/held/odd', { memory: 7 }],
      ['v1/limit/total/odd', 'text'],
    ]
    await writeRecords(keys, new Map([['v1/meta', { format: 2, kind: 'local' }], ...odd]))
    expect(await contentsOf(keys)).toEqual(new Map([['v1/meta', { format: 3, kind: 'local' }], ...odd]))
  })

  it('bring along the store of the device a copied profile was before', async () => {
    const previous = testKeys(join(directory, 'before'))
    await writeRecords(previous, recordsOfFormatOne())
    const keys = { ...testKeys(join(directory, 'now')), encryptionKey: Buffer.alloc(32, 3) }
    expect(await contentsOf(keys, previous)).toEqual(recordsOfFormatThree())
  })

  it('leave alone what a newer Kith has written', async () => {
    const keys = testKeys(join(directory, 'local'))
    await writeRecords(keys, new Map([['v1/meta', { format: formats.local + 1, kind: 'local' }]]))
    const opened = await openLocalStore(keys, null)
    expect(opened).toMatchObject({ ok: false, error: { code: 'vault_newer' } })
    // It was closed again: nothing keeps another start out.
    expect(await openLocalStore(keys, null)).toMatchObject({ error: { code: 'vault_newer' } })
  })
})
