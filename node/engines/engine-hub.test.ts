import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forkChild } from '../base/fork-child.ts'
import { createLog } from '../base/log.ts'
import { EngineHub } from './engine-hub.ts'
import { sendJson, startFakeServer, type FakeServer } from './testing/fake-server.ts'
import { llamaChildPath } from './testing/llama-child-path.ts'
import { writeTinyModel } from './testing/tiny-model.ts'

describe('the engine hub', () => {
  let folder: string
  let hub: EngineHub
  let ollama: FakeServer
  let freeBytes = 64e9

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kith-hub-'))
    ollama = await startOllama()
    freeBytes = 64e9
    hub = new EngineHub({
      modelsDir: path.join(folder, 'models'),
      spawnChild: forkChild,
      llamaChildPath,
      ollamaUrl: ollama.url,
      serverUrls: [],
      log: createLog({ level: 'silent' }),
      machineMemory: { freeBytes: () => freeBytes },
      graphicsMemory: () => Promise.resolve(null),
      pollIntervalMs: 20,
    })
    await hub.start(new AbortController().signal)
  })

  afterEach(async () => {
    await hub.stop()
    await ollama.close()
    await rm(folder, { recursive: true, force: true })
  })

  function startOllama(port = 0): Promise<FakeServer> {
    return startFakeServer((request, response) => {
      if (request.url === '/api/version') return sendJson(response, { version: '1.2.3' })
      if (request.url === '/api/tags') return sendJson(response, { models: [{ name: 'm', digest: 'd', size: 1 }] })
      return sendJson(response, { models: [] })
    }, port)
  }

  function nextChange(): Promise<void> {
    return new Promise((resolve) => {
      const unlisten = hub.onChange(() => {
        unlisten()
        resolve()
      })
    })
  }

  it('knows at the start what runs', () => {
    expect(hub.enginesSlice().ollama).toEqual({ state: 'running', version: '1.2.3', url: ollama.url, slots: 1 })
    expect(hub.models().map((model) => model.name)).toEqual(['m'])
    expect(hub.engineFor('m')?.label).toBe('Ollama')
    expect(hub.engineFor('other')).toBeNull()
  })

  it('notices Ollama going and coming back, and is silent while nothing changes', async () => {
    const port = Number(new URL(ollama.url).port)
    let changes = 0
    const unlisten = hub.onChange(() => {
      changes += 1
    })
    await hub.refresh()
    await hub.refresh()
    expect(changes).toBe(0)
    unlisten()
    const gone = nextChange()
    await ollama.close()
    await gone
    expect(hub.enginesSlice().ollama.state).toBe('not_found')
    expect(hub.models()).toEqual([])
    const back = nextChange()
    ollama = await startOllama(port)
    await back
    expect(hub.enginesSlice().ollama.state).toBe('running')
  })

  it('adds, keeps once and removes servers, and says what is wrong with one', async () => {
    const server = await startFakeServer((_request, response) => sendJson(response, { data: [{ id: 'remote' }] }))
    expect(await hub.addServer(server.url)).toMatchObject({ ok: true })
    expect(await hub.addServer(`${server.url}/v1`)).toMatchObject({ ok: true })
    expect(hub.enginesSlice().servers).toEqual([
      { url: server.url, state: 'running', error: null, slots: 4, hasKey: false },
    ])
    expect(hub.engineFor('remote')?.name).toBe('server')
    await server.close()
    await hub.refresh()
    expect(hub.enginesSlice().servers).toMatchObject([{ state: 'not_found', error: { code: 'engine_unavailable' } }])
    await hub.removeServer(server.url)
    expect(hub.enginesSlice().servers).toEqual([])
    expect(await hub.addServer('nonsense')).toMatchObject({ ok: false, error: { code: 'url_invalid' } })
  })

  it('gives an engine as many requests at once as a person has chosen, also one that is added later', async () => {
    const server = await startFakeServer((_request, response) => sendJson(response, { data: [{ id: 'remote' }] }))
    const told = nextChange()
    hub.setSlots({ ollama: 4, [server.url]: 16 })
    await told
    await hub.addServer(server.url)
    expect([hub.engineFor('m')?.slots, hub.engineFor('remote')?.slots]).toEqual([4, 16])
    hub.setSlots({})
    expect([hub.engineFor('m')?.slots, hub.engineFor('remote')?.slots]).toEqual([1, 4])
    await server.close()
  })

  it('imports and removes a model', async () => {
    await hub.importModel(await writeTinyModel(folder))
    expect(hub.models().map((model) => model.name)).toEqual(['Kith tiny', 'm'])
    expect(await hub.removeModel('Kith tiny')).toMatchObject({ ok: true })
    expect(hub.models().map((model) => model.name)).toEqual(['m'])
    expect(await hub.removeModel('Kith tiny')).toMatchObject({ ok: false, error: { code: 'model_unknown' } })
  })

  it('suggests what fits, and the smallest of all only where nothing else does', () => {
    // What Ollama has here is tiny.
    const [best] = hub.modelsSlice().suggestions
    expect(best).toMatchObject({ kind: 'download' })
    const suggested = (): unknown => hub.modelsSlice().catalogue.find((entry) => entry.isSuggested)
    expect(suggested()).toMatchObject({ isSmallest: false })
    freeBytes = 0.5e9
    expect(hub.modelsSlice().suggestions).toEqual([
      { kind: 'present', name: 'm', engine: 'ollama' },
      { kind: 'download', catalogueId: 'gemma-3-270m-q4-k-m' },
    ])
    expect(suggested()).toBeUndefined()
  })

  it('says which models of the catalogue do not fit in memory', async () => {
    expect(hub.modelsSlice().catalogue.every((entry) => entry.misfit?.code !== 'model_does_not_fit')).toBe(true)
    expect(hub.modelsSlice().catalogue.filter((entry) => entry.isSuggested)).toHaveLength(1)
    freeBytes = 1e9
    const misfits = hub.modelsSlice().catalogue.map((entry) => entry.misfit?.code ?? null)
    expect(misfits[0]).toBeNull()
    expect(misfits.at(-1)).toBe('model_does_not_fit')
    expect(await hub.download('no-such-entry')).toMatchObject({ ok: false, error: { code: 'model_unknown' } })
  })
})
