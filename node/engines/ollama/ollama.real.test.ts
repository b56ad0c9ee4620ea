import { Ollama } from 'ollama'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ensureRealOllama, freePort, serveOllama } from '../../../resources/scripts/real/real-ollama.mjs'
import type { RealOllama, RunningOllama } from '../../../resources/scripts/real/real-ollama.mjs'
import type { ChatTurn } from '../engine.ts'
import { OllamaEngine } from './ollama-engine.ts'
import { pullModel } from './ollama-pull.ts'
import { collect } from '../testing/collect.ts'
import { whenIdle } from '../testing/process-group.ts'

const never = new AbortController().signal
const question: ChatTurn[] = [{ role: 'user', text: 'What is the capital of France?' }]
const story: ChatTurn[] = [{ role: 'user', text: 'Tell me a very long story about the sea and the sun.' }]

describe('a real Ollama', () => {
  let real: RealOllama
  let server: RunningOllama
  let engine: OllamaEngine
  let model: string

  beforeAll(async () => {
    real = await ensureRealOllama()
    model = `${real.modelName}:latest`
  })

  beforeEach(async () => {
    server = await serveOllama(real)
    engine = new OllamaEngine({ url: server.url })
  })

  afterEach(() => server.stop())

  function ask(turns: ChatTurn[], options: { maxTokens?: number | null; signal?: AbortSignal } = {}) {
    const { maxTokens = 64, signal = never } = options
    return engine.chat({ model, turns, maxTokens, temperature: 0, signal })
  }

  it('is detected and lists its models with digest, size and context', async () => {
    expect(await engine.detect(never)).toMatchObject({
      ok: true,
      value: { version: expect.stringMatching(/^\d+\.\d+/) },
    })
    const models = await engine.listModels(never)
    expect(models.ok && models.value.find((listed) => listed.name === model)).toMatchObject({
      engine: 'ollama',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      contextTokens: 2048,
      isLoaded: false,
    })
  })

  it('answers a question, stops, and counts what it used', async () => {
    const { text, last } = await collect(ask(question))
    expect(text).toContain('Paris')
    expect(last).toMatchObject({ type: 'end', reason: 'stop' })
    if (last?.type !== 'end') throw new Error('no end')
    expect(last.usage.promptTokens).toBeGreaterThan(20)
    expect(last.usage.completionTokens).toBeGreaterThan(3)
  })

  it('refuses a conversation beyond its context, and takes one within it whole', async () => {
    const words = (count: number): ChatTurn[] => [{ role: 'user', text: 'word '.repeat(count) }]
    await engine.listModels(never)
    const whole = await collect(ask(words(1_000), { maxTokens: 4 }))
    expect(whole.last).toMatchObject({ type: 'end' })
    expect(whole.last?.type === 'end' && whole.last.usage.promptTokens).toBeGreaterThan(1_000)
    expect((await collect(ask(words(3_000), { maxTokens: 4 }))).last).toMatchObject({
      type: 'failed',
      error: { code: 'context_too_long', details: { limit: 2_048 } },
    })
  })

  it('ends at the model’s own length where none is named, and before a text that ends it', async () => {
    const client = new Ollama({ host: server.url })
    await client.create({ model: 'kith-real-twelve', from: real.endlessModelName, parameters: { num_predict: 12 } })
    try {
      await engine.listModels(never)
      const short = { model: 'kith-real-twelve:latest', turns: story, signal: never, temperature: 0 }
      const own = await collect(engine.chat({ ...short, maxTokens: null }))
      expect(own.last).toMatchObject({ type: 'end', reason: 'length', usage: { completionTokens: 12 } })
      const named = await collect(engine.chat({ ...short, maxTokens: 20 }))
      expect(named.last).toMatchObject({ usage: { completionTokens: 20 } })
      const end = own.text.trim().split(' ')[2] ?? ''
      const cut = await collect(engine.chat({ ...short, maxTokens: null, sampling: { stop: [end] } }))
      expect(cut.last).toMatchObject({ type: 'end', reason: 'stop' })
      expect(cut.text).not.toContain(end)
    } finally {
      await client.delete({ model: 'kith-real-twelve' })
    }
  })

  it('continues a started answer exactly', async () => {
    const whole = (await collect(ask(question))).text.trimStart()
    const rest = await collect(ask([...question, { role: 'assistant', text: 'Paris is' }]))
    expect(`Paris is${rest.text}`).toBe(whole)
  })

  it('is free within a second of a stop', async () => {
    const stop = new AbortController()
    await collect(ask(question))
    let stoppedAtMs = 0
    const { last } = await collect(ask(story, { maxTokens: 2_000, signal: stop.signal }), (part) => {
      if (part.type !== 'text' || stop.signal.aborted) return
      stoppedAtMs = performance.now()
      stop.abort()
    })
    expect(last).toMatchObject({ type: 'end', reason: 'stopped' })
    await whenIdle(server.processGroup)
    expect(performance.now() - stoppedAtMs).toBeLessThan(1_000)
  })

  it('stopped in the middle of an answer gives engine_stopped', async () => {
    const killed: Promise<void>[] = []
    const { last } = await collect(ask(story, { maxTokens: 2_000 }), (part) => {
      if (part.type === 'text') killed.push(server.stop('SIGKILL'))
    })
    expect(last).toMatchObject({ type: 'failed', error: { code: 'engine_stopped', details: { engine: 'Ollama' } } })
    await Promise.all(killed)
    expect(await engine.detect(never)).toMatchObject({ ok: false, error: { code: 'engine_unavailable' } })
  })

  it('names a model it does not have, and a server that is not there', async () => {
    const other = engine.chat({ model: 'no-such-model', turns: question, maxTokens: 8, temperature: 0, signal: never })
    expect((await collect(other)).last).toMatchObject({ type: 'failed', error: { code: 'model_unknown' } })
    const nowhere = new OllamaEngine({ url: `http://127.0.0.1:${await freePort()}` })
    const unanswered = nowhere.chat({ model, turns: question, maxTokens: 8, temperature: 0, signal: never })
    expect((await collect(unanswered)).last).toMatchObject({ type: 'failed', error: { code: 'engine_unavailable' } })
    expect((await pullModel(server.url, 'no/such/model', AbortSignal.timeout(5_000), () => undefined)).ok).toBe(false)
  })
})
