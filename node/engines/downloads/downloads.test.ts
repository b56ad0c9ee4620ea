import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../../base/log.ts'
import { tinyGguf } from '../../../resources/scripts/real/tiny-gguf.mjs'
import type { CatalogueEntry } from '../models/catalogue.ts'
import { Downloads } from './downloads.ts'
import { Listeners } from '../../base/listeners.ts'
import { ModelStore } from '../models/model-store.ts'
import { startFakeServer, type FakeServer } from '../testing/fake-server.ts'

const bytes = tinyGguf()
const sha256 = createHash('sha256').update(bytes).digest('hex')
const log = createLog({ level: 'silent' })

describe('Downloads', () => {
  let folder: string
  let server: FakeServer
  let serve: (request: IncomingMessage, response: ServerResponse) => void
  let store: ModelStore
  let downloads: Downloads
  let changed: Listeners

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kith-downloads-'))
    serve = sendRange
    server = await startFakeServer((request, response) => serve(request, response))
    await restart()
  })

  afterEach(async () => {
    await downloads.close()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** A new run of the app on the same folder. */
  async function restart(): Promise<void> {
    changed = new Listeners()
    store = new ModelStore(folder, log)
    await store.open()
    downloads = new Downloads({
      store,
      log,
      onChange: () => changed.emit(),
      onReady: () => Promise.resolve(),
      times: { stallMs: 200, firstRetryMs: 5 },
    })
    await downloads.open([entry()])
  }

  function entry(change: Partial<CatalogueEntry> = {}): CatalogueEntry {
    return {
      catalogueId: 'tiny',
      name: 'Tiny',
      description: '',
      licence: 'Apache-2.0',
      licenceUrl: 'https://example.org/licence',
      sizeBytes: bytes.length,
      sha256,
      contextTokens: 2048,
      memoryBytes: 1_000_000,
      isSmallest: true,
      thinks: false,
      template: null,
      sources: [{ kind: 'url', url: `${server.url}/tiny.gguf` }],
      ...change,
    }
  }

  /** Sends the file, from where the request says, `most` bytes of it. */
  function sendRange(request: IncomingMessage, response: ServerResponse, most = Infinity): void {
    if (request.method === 'HEAD') return void response.writeHead(200, { 'content-length': bytes.length }).end()
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const headers = { 'content-length': bytes.length - start, 'content-range': `bytes ${start}-${bytes.length - 1}/*` }
    response.writeHead(start > 0 ? 206 : 200, headers)
    if (start + most >= bytes.length) return void response.end(bytes.subarray(start))
    response.write(bytes.subarray(start, start + most))
  }

  async function until(states: string[], isReached: () => boolean = () => true): Promise<void> {
    const here = (): boolean => states.includes(downloads.stateOf('tiny').state) && isReached()
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!here()) return
        unlisten()
        resolve()
      }
      const unlisten = changed.add(look)
      look()
    })
  }

  const gets = (): string[] =>
    server.requests.filter((request) => request.method === 'GET').map((request) => request.headers.range ?? 'all')

  it('brings a model into the store, verified, and leaves nothing else behind', async () => {
    await downloads.start(entry())
    await until(['none'])
    expect(store.find('Tiny')).toMatchObject({
      sha256,
      catalogueId: 'tiny',
      sizeBytes: bytes.length,
      contextTokens: 2048,
    })
    expect((await readdir(folder)).sort()).toEqual(['tiny.gguf', 'tiny.gguf.json'])
  })

  it('goes on from where the connection broke', async () => {
    let isFirst = true
    serve = (request, response) => {
      if (request.method === 'HEAD' || !isFirst) return sendRange(request, response)
      isFirst = false
      sendRange(request, response, 100_000)
      setTimeout(() => response.destroy(), 20)
    }
    await downloads.start(entry())
    await until(['none'])
    expect(gets()).toEqual(['all', expect.stringMatching(/^bytes=\d{5,}-$/)])
    expect(store.find('Tiny')).toBeDefined()
  })

  it('takes up a stalled transfer, and gives up with what was received kept', async () => {
    serve = (request, response) => {
      if (request.method === 'GET' && request.headers.range) return void response.writeHead(206)
      sendRange(request, response, 100_000)
    }
    await downloads.start(entry())
    await until(['failed'])
    expect(downloads.stateOf('tiny')).toMatchObject({ error: { code: 'download_failed' }, receivedBytes: 100_000 })
  })

  it('pauses, and goes on after a restart', async () => {
    serve = (request, response) => sendRange(request, response, 200_000)
    await downloads.start(entry())
    await until(['downloading'], () => {
      const state = downloads.stateOf('tiny')
      return 'receivedBytes' in state && state.receivedBytes > 0
    })
    await downloads.pause('tiny')
    expect(downloads.stateOf('tiny')).toMatchObject({ state: 'paused', totalBytes: bytes.length })
    await downloads.close()
    await restart()
    expect(downloads.stateOf('tiny')).toMatchObject({ state: 'paused' })
    serve = sendRange
    await downloads.start(entry())
    await until(['none'])
    expect(gets().at(-1)).toMatch(/^bytes=\d+-$/)
    expect(store.find('Tiny')).toBeDefined()
  })

  it('throws everything away when cancelled', async () => {
    serve = (request, response) => sendRange(request, response, 200_000)
    await downloads.start(entry())
    await until(['downloading'], () => gets().length > 0)
    await downloads.cancel('tiny')
    expect(downloads.stateOf('tiny')).toEqual({ state: 'none' })
    expect(await readdir(folder)).toEqual([])
  })

  it('discards a file with another checksum', async () => {
    await downloads.start(entry({ sha256: '0'.repeat(64) }))
    await until(['failed'])
    expect(downloads.stateOf('tiny')).toMatchObject({ error: { code: 'download_checksum' }, receivedBytes: 0 })
    expect(store.list()).toEqual([])
  })

  it('never fetches a file whose stated hash cannot match, and tries the next source', async () => {
    serve = (request, response) => {
      if (request.url !== '/wrong.gguf') return sendRange(request, response)
      response.writeHead(302, { location: '/elsewhere', 'x-linked-etag': `"${'a'.repeat(64)}"` }).end()
    }
    const sources = ['/wrong.gguf', '/tiny.gguf'].map((file) => ({ kind: 'url', url: server.url + file }) as const)
    await downloads.start(entry({ sources }))
    await until(['none'])
    expect(server.requests.map((request) => `${request.method} ${request.url}`)).toEqual([
      'HEAD /wrong.gguf',
      'HEAD /tiny.gguf',
      'GET /tiny.gguf',
    ])
  })

  it('says so when no source can be reached', async () => {
    await downloads.start(entry({ sources: [{ kind: 'url', url: 'http://127.0.0.1:9/tiny.gguf' }] }))
    await until(['failed'])
    expect(downloads.stateOf('tiny')).toMatchObject({ error: { code: 'download_unavailable' } })
  })

  it('refuses a model that does not fit on the disk before it begins', async () => {
    const sizeBytes = 2 ** 52
    expect(await downloads.start(entry({ sizeBytes }))).toMatchObject({ ok: false, error: { code: 'disk_full' } })
    expect(server.requests).toEqual([])
  })

  it('stops at once when a server sends more than the file has', async () => {
    serve = (request, response) => {
      if (request.method === 'HEAD') return void response.writeHead(200).end()
      response.end(Buffer.concat([bytes, bytes]))
    }
    await downloads.start(entry())
    await until(['failed'])
    expect(downloads.stateOf('tiny')).toMatchObject({
      error: { code: 'download_failed', details: { reason: expect.stringContaining('more than the file has') } },
    })
    const part = await stat(path.join(folder, 'tiny.gguf.part')).catch(() => null)
    expect(part?.size ?? 0).toBeLessThanOrEqual(bytes.length)
  })
})
