import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AppState } from '../contract/state.ts'
import type { PoolId } from '../contract/ids.ts'
import { startLocalNetwork } from '../net/local-network.ts'
import type { BeeKind } from '../base/core-limits.ts'
import { Bee } from '../state/bee.ts'
import { TestPeer, testPassword, valueOf } from './testing/test-peer.ts'

const logged = vi.hoisted(() => ({ lines: [] as string[] }))

// Everything that is logged at any level, through the real redaction, instead of standard error.
vi.mock('../base/log.ts', async (original) => {
  const { createLog } = await original<typeof import('../base/log.ts')>()
  const destination = { write: (line: string) => void logged.lines.push(line) }
  return { createLog: () => createLog({ level: 'debug' }, destination) }
})

const question = 'Where did my grandmother hide the silver spoons?'
const asked = 'And which of the drawers squeaks at night?'

/** What an install must keep to itself. */
type Secrets = Record<
  'key' | 'keySecret' | 'serverKey' | 'password' | 'otherPassword' | 'phrase' | 'question' | 'asked',
  string
>

describe('after a full run', () => {
  const peers: TestPeer[] = []
  const bees: Bee[] = []
  let stopNetwork: () => Promise<void>
  let secrets: Secrets

  beforeAll(async () => {
    const openBee = Bee.open.bind(Bee)
    vi.spyOn(Bee, 'open').mockImplementation(async (...options) => {
      const bee = await openBee(...options)
      bees.push(bee)
      return bee
    })
    const local = await startLocalNetwork()
    stopNetwork = () => local.stop()
    const network = { host: '127.0.0.1', bootstrap: local.bootstrap }
    const giver = await TestPeer.start('giver', network)
    const asker = await TestPeer.start('asker', network)
    peers.push(giver, asker)
    secrets = await useEverything(giver, asker)
  }, 120_000)
  // Those that a log out had closed were opened again, with the same cores.
  const open = (): Bee[] => bees.filter(({ core }) => !core.closed)
  afterAll(async () => {
    for (const peer of peers) await peer.remove()
    await stopNetwork()
    vi.restoreAllMocks()
  })

  it('no bee that others read holds a password, a phrase, a key, a question or an answer, decrypted', async () => {
    const shared: readonly BeeKind[] = ['directory', 'envelopes', 'member', 'usage']
    const read = open().filter(({ kind }) => shared.includes(kind))
    expect(new Set(read.map(({ kind }) => kind))).toEqual(new Set(shared))
    for (const bee of read) {
      const records = await everythingIn(bee)
      expect(records, bee.kind).toContain('v1/')
      expect(whichIn(records, secrets), bee.kind).toEqual([])
    }
  })

  it('no bee of this install holds a password, a phrase or a key, decrypted', async () => {
    const { question: _question, asked: _asked, ...others } = secrets
    const own = open().filter(({ kind }) => kind === 'local' || kind === 'index')
    expect(own.length).toBeGreaterThan(1)
    let chats = 0
    for (const bee of own) {
      const records = await everythingIn(bee)
      expect(whichIn(records, others), bee.kind).toEqual([])
      chats += Number(records.includes(question))
    }
    // The chat itself is there: what is looked for would be found.
    expect(chats).toBe(1)
  })

  it('no file holds one of them in clear', async () => {
    for (const { directory } of peers) {
      const files = await readdir(join(directory, 'profile'), { recursive: true, withFileTypes: true })
      expect(files.length).toBeGreaterThan(10)
      for (const file of files.filter((entry) => entry.isFile())) {
        const path = join(file.parentPath, file.name)
        const bytes = await readFile(path)
        expect(
          Object.entries(secrets).filter(([, text]) => bytes.includes(text)),
          path,
        ).toEqual([])
      }
    }
  })

  it('no line of a log does, at any level', () => {
    expect(logged.lines.some((line) => line.includes('"msg":"http"'))).toBe(true)
    expect(whichIn(logged.lines.join(''), secrets)).toEqual([])
  })

  it('no state that a page is shown does', async () => {
    for (const peer of peers) {
      const { chats: _titles, ...shown } = await peer.state()
      expect(whichIn(JSON.stringify(shown), secrets)).toEqual([])
    }
  })
})

/** Pools, keys, questions over chat and HTTP, refused calls, changed passwords, and a restart. */
async function useEverything(giver: TestPeer, asker: TestPeer): Promise<Secrets> {
  const otherPassword = 'another password, just as long'
  await giver.signUp()
  const phrase = await asker.signUp()
  const model = await giver.importTinyModel()
  const { poolId } = valueOf(await giver.peer.call('pool.create', { name: 'Friends' }))
  const invited = await giver.peer.call('pool.createInvite', {
    poolId,
    role: 'member',
    usesAllowed: 1,
    lifetimeMs: 3_600_000,
  })
  valueOf(await asker.peer.call('pool.join', { link: valueOf(invited).link }))
  valueOf(await giver.peer.call('sharing.set', { isEnabled: true }))
  await asker.until(isShown(poolId), 'the shared model')
  const made = valueOf(
    await asker.peer.call('key.create', {
      poolId,
      name: 'Editor',
      scopes: ['inference'],
      allowedModels: null,
      limits: { requestsPerDay: 3 },
      limitMode: 'enforced',
      timeZone: 'UTC',
      expiresAtMs: null,
    }),
  )
  const { plainKey } = valueOf(await asker.peer.call('key.rotate', { keyId: made.key.keyId, overlapMs: 60_000 }))
  const serverKey = 'sk-of-a-server-0123456789'
  valueOf(await asker.peer.call('engine.addServer', { url: 'http://127.0.0.1:9/v1', apiKey: serverKey }))
  await asker.peer.call('engine.addServer', { url: 'nonsense', apiKey: serverKey })
  await asker.peer.call('engine.addServer', { url: 'http://127.0.0.1:9', apiKey: `${serverKey} ${serverKey}` })
  const { answer } = await asker.ask({ text: question, model, poolId })
  expect(answer).toMatchObject({ state: 'complete', error: null })
  const { api } = await asker.until((state) => state.api.state === 'running', 'the local API')
  const call = (apiKey: string, content: string): Promise<unknown> =>
    new OpenAI({ baseURL: api.url ?? '', apiKey, maxRetries: 0 }).chat.completions
      .create({ model, max_completion_tokens: 20, messages: [{ role: 'user', content }] })
      .then(
        () => 200,
        (cause: unknown) => (cause instanceof OpenAI.APIError ? (cause.status as number) : cause),
      )
  expect(await call(plainKey, asked)).toBe(200)
  expect(await call(made.plainKey, asked)).toBe(200)
  expect(await call(`${plainKey}x`, asked)).toBe(401)
  for (const password of [testPassword, otherPassword]) {
    await fetch(`${api.url ?? ''}/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'asker', password }),
    })
  }
  valueOf(await asker.peer.call('account.changePassword', { password: testPassword, newPassword: otherPassword }))
  expect(await asker.peer.call('account.recoveryPhrase', { password: testPassword })).toMatchObject({ ok: false })
  valueOf(await asker.peer.call('account.recoveryPhrase', { password: otherPassword }))
  valueOf(await asker.peer.call('account.logOut', {}))
  valueOf(await asker.peer.call('account.unlock', { username: 'asker', password: otherPassword }))
  await asker.until(isShown(poolId), 'the shared model after signing in again')
  await giver.until(({ usage }) => usage.servedToday.requests >= 3, 'what was served')
  const keySecret = plainKey.split('-').at(-1) ?? ''
  expect(keySecret.length).toBeGreaterThan(30)
  return { key: made.plainKey, keySecret, serverKey, password: testPassword, otherPassword, phrase, question, asked }
}

function isShown(poolId: PoolId): (state: AppState) => boolean {
  return ({ machines, pools }) =>
    machines.some(({ isSelf, isSharing }) => !isSelf && isSharing) &&
    pools.find((pool) => pool.poolId === poolId)?.state === 'active'
}

/** All that was ever written to a bee and lies here, also what was replaced later. */
async function everythingIn(bee: Bee): Promise<string> {
  const changes = await bee.changes(0, 100_000)
  return JSON.stringify(changes)
}

function whichIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => text.includes(secret))
    .map(([name]) => name)
}
