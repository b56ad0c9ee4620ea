import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forkChild } from '../../base/fork-child.ts'
import { createLog } from '../../base/log.ts'
import { catalogue } from '../models/catalogue.ts'
import type { ChatTurn } from '../engine.ts'
import { EngineHub } from '../engine-hub.ts'
import { collect } from '../testing/collect.ts'
import { llamaChildPath } from '../testing/llama-child-path.ts'
import { generate } from '../testing/generate.ts'

const question: ChatTurn[] = [{ role: 'user', text: 'What is the capital of France?' }]

describe('the suggested model of the catalogue', () => {
  let folder: string
  let hub: EngineHub
  const suggested = catalogue.find((entry) => entry.isSmallest)
  const model = suggested?.name ?? ''
  const catalogueId = suggested?.catalogueId ?? ''

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kith-real-'))
    hub = new EngineHub({
      modelsDir: folder,
      spawnChild: forkChild,
      llamaChildPath,
      ollamaUrl: 'http://127.0.0.1:9',
      serverUrls: [],
      log: createLog({ level: 'silent' }),
    })
    await hub.start(new AbortController().signal)
  })

  afterAll(async () => {
    await hub.stop()
    await rm(folder, { recursive: true, force: true })
  })

  function download() {
    return hub.modelsSlice().catalogue.find((entry) => entry.catalogueId === catalogueId)?.download
  }

  function until(isReached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isReached()) return
        unlisten()
        resolve()
      }
      const unlisten = hub.onChange(look)
      look()
    })
  }

  function ask(turns: ChatTurn[], signal = new AbortController().signal, maxTokens = 64) {
    // As the window asks: the temperature is the model's own.
    return generate(hub, { model, turns, maxTokens, signal })
  }

  it('downloads, pauses, goes on and is verified', async () => {
    expect(await hub.download(catalogueId)).toEqual({ ok: true, value: undefined })
    await until(() => {
      const state = download()
      return state?.state === 'downloading' && state.receivedBytes > 64_000_000
    })
    await hub.pauseDownload(catalogueId)
    expect(download()).toMatchObject({ state: 'paused' })
    await hub.download(catalogueId)
    await until(() => ['ready', 'failed'].includes(download()?.state ?? ''))
    expect(download()).toEqual({ state: 'ready' })
    expect(hub.models()).toMatchObject([{ name: model, engine: 'embedded', digest: suggested?.sha256 }])
  })

  it('answers in a short sentence that stops', async () => {
    const { text, last } = await collect(ask(question))
    expect(text).toBe('Paris is the capital of France.')
    expect(last).toMatchObject({ type: 'end', reason: 'stop' })
  })

  it('continues a started answer exactly', async () => {
    const rest = await collect(ask([...question, { role: 'assistant', text: 'Paris is' }]))
    expect(`Paris is${rest.text}`).toBe('Paris is the capital of France.')
  })

  it('is free within a second of a stop, also while it reads a long prompt', async () => {
    const stop = new AbortController()
    const long: ChatTurn[] = [{ role: 'user', text: 'The sea is wide. '.repeat(350) }]
    let stoppedAtMs = 0
    const { last } = await collect(ask(long, stop.signal), (part) => {
      if (part.type !== 'reading') return
      stoppedAtMs = performance.now()
      stop.abort()
    })
    expect(last).toMatchObject({ type: 'end', reason: 'stopped' })
    expect(performance.now() - stoppedAtMs).toBeLessThan(1_000)
  })
})
