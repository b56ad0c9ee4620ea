import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { build } from 'vite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { formats } from '../formats.ts'
import { openLocalStore } from '../local-store.ts'
import {
  poolCount,
  recordsOfFormatOne,
  recordsOfFormatTwo,
  testKeys,
  writeAsFormatOne,
  type Records,
} from '../testing/format-one.ts'
import { migrations } from './migrate.ts'

const outDir = join(import.meta.dirname, '../../../node_modules/.cache/kith-migrating-child')
const kills = 50
/** Longer than one migration takes. */
const longestLifeMs = 150

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

  it('open what the previous format wrote, and lose no record', async () => {
    const keys = testKeys(join(directory, 'local'))
    await writeAsFormatOne(keys, recordsOfFormatOne())
    expect(await contentsOf(keys)).toEqual(recordsOfFormatTwo())
    // Opened once more, nothing is left to do.
    expect(await contentsOf(keys)).toEqual(recordsOfFormatTwo())
  })

  it('bring along the store of the device a copied profile was before', async () => {
    const previous = testKeys(join(directory, 'before'))
    await writeAsFormatOne(previous, recordsOfFormatOne())
    const keys = { ...testKeys(join(directory, 'now')), encryptionKey: Buffer.alloc(32, 3) }
    expect(await contentsOf(keys, previous)).toEqual(recordsOfFormatTwo())
  })

  it('leave alone what a newer Kith has written', async () => {
    const keys = testKeys(join(directory, 'local'))
    await writeAsFormatOne(keys, new Map([['v1/meta', { format: formats.local + 1, kind: 'local' }]]))
    const opened = await openLocalStore(keys, null)
    expect(opened).toMatchObject({ ok: false, error: { code: 'vault_newer' } })
    // It was closed again: nothing keeps another start out.
    expect(await openLocalStore(keys, null)).toMatchObject({ error: { code: 'vault_newer' } })
  })

  it(`lose nothing when the process is killed in the middle, ${kills} times`, async () => {
    await build({
      configFile: false,
      logLevel: 'error',
      build: { ssr: join(import.meta.dirname, '../testing/migrating-child.ts'), outDir, emptyOutDir: true },
    })
    const keys = testKeys(join(directory, 'local'))
    await writeAsFormatOne(keys, recordsOfFormatOne())
    const found = new Set<number>()
    for (let round = 0; round < kills; round += 1) {
      const child = fork(join(outDir, 'migrating-child.js'), [keys.directory], { execArgv: [] })
      await once(child, 'message')
      await delay(Math.random() * longestLifeMs)
      child.kill('SIGKILL')
      await once(child, 'exit')
      // The real opening: whichever format was on disk, all of its records are there in the new one.
      const contents = await contentsOf(keys)
      found.add([...contents.keys()].filter((key) => /\/read-keys\/\d{8}$/.test(key)).length)
      expect(contents).toEqual(recordsOfFormatTwo())
    }
    expect([...found]).toEqual([poolCount])
    // A quarter of this on a computer that does nothing else.
  }, 240_000)
})

/** Opens a local store as Kith does, and answers all that is in it. */
async function contentsOf(
  keys: ReturnType<typeof testKeys>,
  previous: ReturnType<typeof testKeys> | null = null,
): Promise<Records> {
  const opened = await openLocalStore(keys, previous)
  if (!opened.ok) throw new Error(opened.error.message)
  const records = await opened.value.bee.list('v1/', z.unknown())
  await opened.value.close()
  return new Map(records.map(({ key, value }) => [`v1/${key}`, value]))
}
