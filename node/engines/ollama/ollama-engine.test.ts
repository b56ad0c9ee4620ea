import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { ollamaUrl } from './ollama-client.ts'
import type { ChatRequest } from '../engine.ts'
import { OllamaEngine } from './ollama-engine.ts'
import { pullModel, type PullProgress } from './ollama-pull.ts'
import { collect } from '../testing/collect.ts'
import { sendJson, startFakeServer, type FakeServer } from '../testing/fake-server.ts'

const never = new AbortController().signal
const models = [
  { name: 'chat:latest', digest: 'sha256:aa', size: 100 },
  { name: 'embed:latest', digest: 'bb', size: 50 },
]

describe('OllamaEngine', () => {
  let server: FakeServer | null = null

  afterEach(async () => {
    await server?.close()
    server = null
  })

  /** An Ollama that answers a chat as the test says. `parameters` is what the model sets for itself. */
  async function start(
    chat: (response: ServerResponse, body: unknown) => void = () => undefined,
    parameters = '',
  ): Promise<OllamaEngine> {
    server = await startFakeServer((request, response, body) => {
      if (request.url === '/api/version') return sendJson(response, { version: '0.17.4' })
      if (request.url === '/api/tags') return sendJson(response, { models })
      if (request.url === '/api/ps')
        return sendJson(response, { models: models.slice(0, 1).map((model) => ({ ...model, context_length: 2048 })) })
      if (request.url === '/api/show') {
        const isChat = body.includes('chat:latest')
        const info = { 'llama.context_length': 4096 }
        return sendJson(response, { parameters, model_info: info, capabilities: [isChat ? 'completion' : 'embedding'] })
      }
      return chat(response, JSON.parse(body))
    })
    return new OllamaEngine({ url: server.url })
  }

  function ask(engine: OllamaEngine, signal = never, changes: Partial<ChatRequest> = {}) {
    const turns = [{ role: 'user', text: 'Hello' }] as const
    return engine.chat({ model: 'chat:latest', turns, maxTokens: 7, temperature: 0, signal, ...changes })
  }

  /** What Ollama is asked for a request, once the model is listed. */
  async function optionsFor(changes: Partial<ChatRequest>, parameters = ''): Promise<Record<string, unknown>> {
    const seen: { options?: Record<string, unknown> } = {}
    const engine = await start((response, body) => {
      Object.assign(seen, body)
      response.end(line({ message: { content: '' }, done: true, done_reason: 'stop' }))
    }, parameters)
    await engine.listModels(never)
    await collect(ask(engine, never, changes))
    return seen.options ?? {}
  }

  const line = (value: unknown): string => `${JSON.stringify(value)}\n`
  const said = (content: string) => line({ message: { role: 'assistant', content }, done: false })

  it('lists the models that can chat, with what their files say', async () => {
    const engine = await start()
    expect(await engine.detect(never)).toEqual({ ok: true, value: { version: '0.17.4' } })
    expect(await engine.listModels(never)).toEqual({
      ok: true,
      value: [
        { name: 'chat:latest', engine: 'ollama', digest: 'aa', sizeBytes: 100, contextTokens: 4096, isLoaded: true },
      ],
    })
  })

  it('streams an answer and reports what Ollama counted', async () => {
    let asked: unknown
    const engine = await start((response, body) => {
      asked = body
      const end = { message: { content: '' }, done: true, done_reason: 'length', prompt_eval_count: 12, eval_count: 7 }
      response.end(said('Good ') + said('day') + line(end))
    })
    const { text, last } = await collect(ask(engine))
    expect(text).toBe('Good day')
    expect(last).toEqual({ type: 'end', reason: 'length', usage: { promptTokens: 12, completionTokens: 7 } })
    expect(asked).toMatchObject({
      ...{ options: { num_predict: 7, temperature: 0 }, stream: true },
      // Ollama would cut the conversation without a word, before the answer and during it.
      ...{ truncate: false, shift: false },
    })
  })

  it('asks for every value that chooses tokens, as they differ between versions of Ollama', async () => {
    expect(await optionsFor({ temperature: undefined, maxTokens: null })).toEqual({
      ...{ temperature: 0.8, top_k: 40, top_p: 0.9, min_p: 0, repeat_last_n: 64, repeat_penalty: 1 },
      ...{ presence_penalty: 0, frequency_penalty: 0 },
    })
    const sampling = { topP: 0.5, seed: 7, presencePenalty: 1, frequencyPenalty: -1, stop: ['end'] }
    expect(await optionsFor({ sampling })).toMatchObject({
      ...{ temperature: 0, num_predict: 7, top_p: 0.5, seed: 7 },
      ...{ presence_penalty: 1, frequency_penalty: -1, stop: ['end'], repeat_penalty: 1 },
    })
  })

  it('leaves to a model what it sets for itself, its length and its ends too', async () => {
    const own = 'num_predict                    12\nstop                           "\\nQ:"\nstop    "Q:"\ntop_k   64'
    const options = await optionsFor({ temperature: undefined, maxTokens: null }, own)
    expect(options).not.toHaveProperty('num_predict')
    expect(options).not.toHaveProperty('stop')
    expect(options).not.toHaveProperty('top_k')
    expect(await optionsFor({ sampling: { stop: ['end'] } }, own)).toMatchObject({ stop: ['\nQ:', 'Q:', 'end'] })
  })

  it('tells of a prompt that is too long with the context that the model is loaded with', async () => {
    const engine = await start((response) =>
      sendJson(response, { error: 'the input length exceeds the context length' }, 400),
    )
    await engine.listModels(never)
    expect((await collect(ask(engine))).last).toMatchObject({
      type: 'failed',
      error: { code: 'context_too_long', details: { limit: 2048 } },
    })
  })

  it('passes on in one plain line why Ollama refuses a request', async () => {
    const engine = await start((response) =>
      sendJson(response, { error: `"chat"\tdoes not\n\u001b[31msupport ${'x'.repeat(900)}` }, 400),
    )
    const { last } = await collect(ask(engine))
    expect(last).toMatchObject({ type: 'failed', error: { code: 'engine_refused', details: { engine: 'Ollama' } } })
    const reason = last?.type === 'failed' ? String(last.error.details['reason']) : ''
    expect(reason).toMatch(/^"chat" does not \[31msupport x+…$/)
    expect(reason.length).toBeLessThanOrEqual(400)
  })

  it('passes on thoughts as tokens that are not shown', async () => {
    const thought = line({ message: { content: '', thinking: 'hm' }, done: false })
    const engine = await start(
      (response) => void response.end(thought + thought + line({ message: { content: '' }, done: true })),
    )
    const { parts } = await collect(ask(engine))
    expect(parts.map(({ type }) => type)).toEqual(['loading', 'reasoning', 'reasoning', 'end'])
  })

  it('looked at, says whether a model is there or still to be loaded, and nothing where nobody listens', async () => {
    const engine = await start()
    expect(await engine.look('chat:latest', never)).toBe('there')
    expect(await engine.look('embed:latest', never)).toBe('loading')
    await server?.close()
    server = null
    expect(await engine.look('chat:latest', never)).toBeNull()
  })

  it('closes the connection when the request is stopped, before and after the first token', async () => {
    const engine = await start((response) => void response.write(said('Good')))
    const stop = new AbortController()
    const { last } = await collect(ask(engine, stop.signal), (part) => {
      if (part.type === 'text') stop.abort()
    })
    expect(last).toEqual({ type: 'end', reason: 'stopped', usage: { promptTokens: 0, completionTokens: 1 } })
    const early = await collect(ask(engine, AbortSignal.abort()))
    expect(early.last).toMatchObject({ type: 'end', reason: 'stopped' })
  })

  it.each([
    [404, 'model "chat" not found', 'model_unknown'],
    [503, 'server busy', 'queue_full'],
    [500, 'model requires more system memory (5.6 GiB) than is available (3.1 GiB)', 'model_does_not_fit'],
    [500, 'llama runner process has terminated', 'engine_failed'],
  ])('turns status %i "%s" into %s', async (status, error, code) => {
    const engine = await start((response) => sendJson(response, { error }, status))
    expect((await collect(ask(engine))).last).toMatchObject({ type: 'failed', error: { code } })
  })

  it('reports engine_stopped when the connection is lost in the middle', async () => {
    const engine = await start((response) => {
      response.write(said('Good'))
      setImmediate(() => response.destroy())
    })
    expect((await collect(ask(engine))).last).toMatchObject({ type: 'failed', error: { code: 'engine_stopped' } })
  })

  it('reports an error that Ollama sends in the middle of its stream', async () => {
    const engine = await start((response) => void response.end(said('Good') + line({ error: 'out of luck' })))
    const { last } = await collect(ask(engine))
    expect(last).toMatchObject({ error: { code: 'engine_failed', details: { reason: 'out of luck' } } })
  })

  it('survives a reply that never ends a line', async () => {
    const engine = await start((response) => {
      const junk = Buffer.alloc(1024 * 1024, 0x20)
      const more = (): void => {
        while (!response.destroyed && response.write(junk));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    expect((await collect(ask(engine))).last).toMatchObject({ type: 'failed', error: { code: 'engine_failed' } })
  })

  it('is unavailable where nothing listens', async () => {
    const engine = await start()
    await server?.close()
    server = null
    expect((await collect(ask(engine))).last).toMatchObject({ error: { code: 'engine_unavailable' } })
    expect(await engine.detect(never)).toMatchObject({ ok: false, error: { code: 'engine_unavailable' } })
    expect(engine.state).toBe('not_found')
  })

  it('pulls a model with progress', async () => {
    await start((response) => {
      response.end(line({ status: 'downloading', total: 10, completed: 4 }) + line({ status: 'success' }))
    })
    const seen: PullProgress[] = []
    expect(await pullModel(server?.url ?? '', 'chat', never, (progress) => seen.push(progress))).toMatchObject({
      ok: true,
    })
    expect(seen[0]).toEqual({ step: 'downloading', receivedBytes: 4, totalBytes: 10 })
  })

  it.each([
    ['', 'http://127.0.0.1:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    [':8080', 'http://127.0.0.1:8080'],
    ['box.local:1234', 'http://box.local:1234'],
    ['https://box.local', 'https://box.local'],
    ['not an address', 'http://127.0.0.1:11434'],
  ])('takes OLLAMA_HOST "%s" as %s', (host, url) => {
    expect(ollamaUrl(host)).toBe(url)
  })
})
