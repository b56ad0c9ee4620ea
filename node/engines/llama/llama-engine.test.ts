import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Child } from '../../base/child.ts'
import { forkChild } from '../../base/fork-child.ts'
import { createLog } from '../../base/log.ts'
import type { KithError } from '../../contract/errors.ts'
import type { ChatRequest, ChatTurn } from '../engine.ts'
import { EngineHub } from '../engine-hub.ts'
import { collect } from '../testing/collect.ts'
import { llamaChildPath } from '../testing/llama-child-path.ts'
import { tinySentence, writeTinyModel } from '../testing/tiny-model.ts'
import { generate } from '../testing/generate.ts'

const model = 'Kith tiny'
const question: ChatTurn[] = [{ role: 'user', text: 'What is the capital of France?' }]

describe('the built-in engine', () => {
  let folder: string
  let hub: EngineHub
  let children: Child[]
  let freeBytes: number
  /** Stands in for a graphics driver that takes the process down. */
  let crashesOnGpu: boolean

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kith-llama-'))
    children = []
    freeBytes = 8e9
    crashesOnGpu = false
    hub = new EngineHub({
      modelsDir: path.join(folder, 'models'),
      spawnChild: (options) => {
        const child = forkChild(options)
        children.push(child)
        const send = (message: unknown): void => {
          if (crashesOnGpu && JSON.stringify(message).includes('"gpu":"auto"')) child.kill()
          else child.send(message)
        }
        return { ...child, send }
      },
      llamaChildPath,
      ollamaUrl: 'http://127.0.0.1:9',
      serverUrls: [],
      log: createLog({ level: 'silent' }),
      machineMemory: { freeBytes: () => freeBytes },
    })
    await hub.start(new AbortController().signal)
  })

  afterEach(async () => {
    await hub.stop()
    await rm(folder, { recursive: true, force: true })
  })

  function ask(options: Partial<ChatRequest> = {}) {
    const signal = new AbortController().signal
    return generate(hub, { model, turns: question, maxTokens: 200, temperature: 0, signal, ...options })
  }

  async function importTiny(options: { endless?: boolean } = {}): Promise<void> {
    const imported = await hub.importModel(await writeTinyModel(folder, options))
    expect(imported).toEqual({ ok: true, value: { name: model } })
  }

  it('loads an imported model and answers with usage counted by the engine', async () => {
    await importTiny()
    const { parts, text, last } = await collect(ask())
    expect(text).toBe(tinySentence)
    expect(parts.map((part) => part.type).slice(0, 4)).toEqual(['loading', 'reading', 'reading', 'text'])
    expect(last).toMatchObject({ type: 'end', reason: 'stop', usage: { completionTokens: 10 } })
    expect(last?.type === 'end' && last.usage.promptTokens).toBeGreaterThan(10)
    expect((await collect(ask())).parts[0]).toEqual({ type: 'reading' })
  })

  it('goes on with a started answer without losing or repeating a character', async () => {
    await importTiny()
    const { text } = await collect(ask({ turns: [...question, { role: 'assistant', text: 'This small' }] }))
    expect(`This small${text}`).toBe(tinySentence)
  })

  it('stops at the token limit and says so', async () => {
    await importTiny()
    const { last } = await collect(ask({ maxTokens: 3 }))
    expect(last).toMatchObject({ type: 'end', reason: 'length', usage: { completionTokens: 3 } })
  })

  it('ends by itself where no length is named, and before a text that ends it', async () => {
    await importTiny()
    const whole = await collect(ask({ maxTokens: null }))
    expect(whole).toMatchObject({ text: tinySentence, last: { type: 'end', reason: 'stop' } })
    const end = tinySentence.slice(Math.floor(tinySentence.length / 2))
    const samplers = { topP: 0.9, seed: 7, presencePenalty: 0.1, frequencyPenalty: 0.1 }
    const cut = await collect(ask({ maxTokens: null, sampling: { stop: [end] } }))
    expect(cut).toMatchObject({ last: { type: 'end', reason: 'stop' } })
    expect(tinySentence.startsWith(cut.text)).toBe(true)
    expect(cut.text).not.toContain(end)
    expect(cut.text.length).toBeLessThan(tinySentence.length)
    expect((await collect(ask({ sampling: samplers }))).last).toMatchObject({ type: 'end' })
  })

  it('goes on to the end of its context where nothing ends it', async () => {
    await importTiny({ endless: true })
    const { last } = await collect(ask({ maxTokens: null }))
    expect(last).toMatchObject({ type: 'end', reason: 'length' })
    expect(last?.type === 'end' && last.usage.completionTokens).toBeGreaterThan(1_900)
  })

  it('is free for the next question within a second of a stop', async () => {
    await importTiny({ endless: true })
    const stop = new AbortController()
    let stoppedAtMs = 0
    const { last } = await collect(ask({ maxTokens: 1_900, signal: stop.signal }), (part) => {
      if (part.type !== 'text' || stop.signal.aborted) return
      stoppedAtMs = performance.now()
      stop.abort()
    })
    expect(last).toMatchObject({ type: 'end', reason: 'stopped' })
    const next = await collect(ask({ maxTokens: 2 }))
    expect(next.last).toMatchObject({ type: 'end', reason: 'length' })
    expect(performance.now() - stoppedAtMs).toBeLessThan(1_000)
  })

  it('stops when the reader leaves early', async () => {
    await importTiny({ endless: true })
    for await (const part of ask({ maxTokens: 1_900 })) if (part.type === 'text') break
    expect((await collect(ask({ maxTokens: 2 }))).last).toMatchObject({ reason: 'length' })
  })

  it('refuses a conversation longer than the context', async () => {
    await importTiny()
    const { last } = await collect(ask({ turns: [{ role: 'user', text: 'x'.repeat(5_000) }] }))
    expect(last).toMatchObject({
      type: 'failed',
      error: { code: 'context_too_long', details: { limit: 2048, tokens: expect.any(Number) } },
    })
    expect(last?.type === 'failed' && Number(last.error.details['tokens'])).toBeGreaterThan(2048)
  })

  it('refuses a model that does not fit in memory before loading it', async () => {
    await importTiny()
    freeBytes = 1e6
    const { last } = await collect(ask())
    expect(last).toMatchObject({ type: 'failed', error: { code: 'model_does_not_fit', details: { model } } })
    expect(hub.enginesSlice().embedded).toMatchObject({ state: 'failed' })
  })

  it('reports a crash to the question and once as a notice, and answers again', async () => {
    await importTiny({ endless: true })
    const notices: KithError[] = []
    hub.onNotice((error) => notices.push(error))
    const { last } = await collect(ask({ maxTokens: 1_900 }), (part) => {
      if (part.type === 'text') children.at(-1)?.kill()
    })
    expect(last).toMatchObject({ type: 'failed', error: { code: 'engine_crashed' } })
    expect(notices.map((notice) => notice.code)).toEqual(['engine_crashed'])
    expect((await collect(ask({ maxTokens: 2 }))).last).toMatchObject({ reason: 'length' })
    expect(children).toHaveLength(2)
  })

  it('goes on without the graphics card when loading on it crashes', async () => {
    crashesOnGpu = true
    await importTiny()
    expect((await collect(ask())).text).toBe(tinySentence)
    expect(hub.enginesSlice().embedded).toEqual({ state: 'ready', error: null })
  })

  it('reports a file that looks like a model and is none, and lives on', async () => {
    const file = await writeTinyModel(folder)
    const bytes = await readFile(file)
    const key = 'llama.block_count'
    // One layer more than the file has.
    bytes.writeUInt32LE(3, bytes.indexOf(key) + key.length + 4)
    await writeFile(file, bytes)
    await hub.importModel(file)
    const { last } = await collect(ask())
    expect(last).toMatchObject({ type: 'failed', error: { code: 'model_corrupt' } })
    expect(hub.enginesSlice().embedded.state).toBe('failed')
    await hub.removeModel(model)
    await importTiny({ endless: true })
    expect((await collect(ask({ maxTokens: 2 }))).text).toBe('one two')
  })

  it('names no engine for a model that none has', () => {
    expect(hub.engineFor(model)).toBeNull()
  })
})
