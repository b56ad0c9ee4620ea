import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { build } from 'vite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  contentsOf,
  poolCount,
  recordsOfFormatOne,
  recordsOfFormatThree,
  testKeys,
  writeRecords,
} from '../testing/old-formats.ts'

const outDir = join(import.meta.dirname, '../../../node_modules/.cache/kith-migrating-child')
const kills = 50
/** Longer than the migrations of one start take. */
const longestLifeMs = 150

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kith-migrate-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

describe('migrations of the local store', { retry: 0 }, () => {
  it(`lose nothing when the process is killed in the middle, ${kills} times`, async () => {
    await build({
      configFile: false,
      logLevel: 'error',
      build: { ssr: join(import.meta.dirname, '../testing/migrating-child.ts'), outDir, emptyOutDir: true },
    })
    const keys = testKeys(join(directory, 'local'))
    await writeRecords(keys, recordsOfFormatOne())
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
      expect(contents).toEqual(recordsOfFormatThree())
    }
    expect([...found]).toEqual([poolCount])
    // A quarter of this on a computer that does nothing else.
  }, 240_000)
})
