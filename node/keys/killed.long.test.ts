import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from 'vite'
import { keyIdSchema } from '../contract/ids.ts'
import { checked } from './testing/key-bench.ts'
import { openKeys } from './testing/stored-keys.ts'

const rounds = 50
const outDir = join(import.meta.dirname, '../../node_modules/.cache/kith-key-maker')
let directory = ''

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kith-killed-'))
  await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: join(import.meta.dirname, 'testing/key-maker.ts'), outDir, emptyOutDir: true, target: 'node20.18' },
  })
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** Runs the maker until a random moment after its first word, and answers all it said. */
async function makeAndKill(): Promise<string[]> {
  const maker = spawn(process.execPath, [join(outDir, 'key-maker.js'), directory], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let complaint = ''
  maker.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  maker.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const closed = once(maker, 'close')
  await Promise.race([once(maker.stdout, 'data'), closed])
  await wait(Math.random() * 60)
  maker.kill('SIGKILL')
  const [, signal] = (await closed) as [number | null, string | null]
  if (signal !== 'SIGKILL') throw new Error(`The maker of keys ended by itself: ${complaint}`)
  // What was cut in the middle was not acknowledged.
  return said.split('\n').slice(0, -1)
}

describe('a process that is killed while it makes and revokes keys', { retry: 0 }, () => {
  // A third of a second a round on an idle computer, and several on a busy one.
  it(
    `leaves a store that opens, with every acknowledged key and revocation, ${rounds} times`,
    { timeout: 300_000 },
    async () => {
      const made = new Map<string, string>()
      const revoked = new Set<string>()
      for (let round = 0; round < rounds; round += 1) {
        for (const line of await makeAndKill()) {
          const [what, keyId = '', plainKey = ''] = line.split(' ')
          if (what === 'made') made.set(keyId, plainKey)
          else revoked.add(keyId)
        }
      }
      expect(made.size).toBeGreaterThanOrEqual(rounds)
      for (const isIndexNew of [false, true]) {
        if (isIndexNew) await rm(join(directory, 'index'), { recursive: true })
        const opened = await openKeys(directory)
        const { book } = opened
        try {
          const missing = [...made.keys()].filter((keyId) => !book.own.get(keyIdSchema.parse(keyId)))
          expect(missing).toEqual([])
          const states = [...revoked].map((keyId) => book.own.get(keyIdSchema.parse(keyId))?.record.state)
          expect(new Set(states)).toEqual(new Set(['revoked']))
          for (const [keyId, plainKey] of made) {
            if (revoked.has(keyId)) expect(await checked(book, plainKey)).toBe('key_revoked')
            else expect(['ok', 'key_revoked']).toContain(await checked(book, plainKey))
          }
        } finally {
          await opened.close()
        }
      }
    },
  )
})
