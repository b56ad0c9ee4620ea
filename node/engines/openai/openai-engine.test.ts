import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { ChatRequest } from '../engine.ts'
import { OpenAiEngine } from './openai-engine.ts'
import { parseServerKey } from './server-key.ts'
import { parseServerUrl } from './server-url.ts'
import { collect } from '../testing/collect.ts'
import { sendJson, startFakeServer, type FakeServer } from '../testing/fake-server.ts'

const never = new AbortController().signal

describe('OpenAiEngine', () => {
  let server: FakeServer | null = null

  afterEach(async () => {
    await server?.close()
    server = null
  })

  async function start(
    chat: (response: ServerResponse, body: unknown) => void = () => undefined,
    apiKey: string | null = null,
  ): Promise<OpenAiEngine> {
    server = await startFakeServer((request, response, body) => {
      if (request.url === '/v1/models') return sendJson(response, { data: [{ id: 'm', max_model_len: 2048 }] })
      return chat(response, JSON.parse(body))
    })
    return new OpenAiEngine({ url: server.url, apiKey })
  }

  function ask(engine: OpenAiEngine, signal = never, changes: Partial<ChatRequest> = {}) {
    const turns = [{ role: 'user', text: 'Hello' }] as const
    return engine.chat({ model: 'm', turns, maxTokens: 5, temperature: 0, signal, ...changes })
  }

  const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
  const said = (content: string) => event({ choices: [{ delta: { content } }] })

  it('lists models and streams an answer with the usage the server counted', async () => {
    let asked: unknown
    const engine = await start((response, body) => {
      asked = body
      const finish = event({ choices: [{ delta: {}, finish_reason: 'stop' }] })
      const usage = event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 2 } })
      response.end(`${said('Grüß ')}: a comment\n\n${said('Gott')}${finish}${usage}data: [DONE]\n\n`)
    })
    expect(await engine.listModels(never)).toMatchObject({ ok: true, value: [{ name: 'm', contextTokens: 2048 }] })
    const { text, last } = await collect(ask(engine))
    expect(text).toBe('Grüß Gott')
    expect(last).toEqual({ type: 'end', reason: 'stop', usage: { promptTokens: 9, completionTokens: 2 } })
    expect(asked).toMatchObject({ stream_options: { include_usage: true }, max_tokens: 5 })
  })

  it('waits for a server that still loads its model', async () => {
    let isLoaded = false
    const engine = await start((response) => {
      if (isLoaded) return void response.end(`${said('Hi')}${event({ choices: [{ finish_reason: 'stop' }] })}`)
      isLoaded = true
      sendJson(response, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, 503)
    })
    const { text, parts } = await collect(ask(engine))
    expect(text).toBe('Hi')
    expect(parts.map(({ type }) => type)).toEqual(['reading', 'loading', 'text', 'end'])
  })

  it('stops waiting for it when the request is stopped', async () => {
    const engine = await start((response) => sendJson(response, { error: { message: 'Loading model' } }, 503))
    const stop = new AbortController()
    const { last } = await collect(ask(engine, stop.signal), ({ type }) => {
      if (type === 'loading') stop.abort()
    })
    expect(last).toMatchObject({ type: 'end', reason: 'stopped' })
  })

  it('passes on what shows that the server is at work: comments, and thoughts by either name', async () => {
    const engine = await start((response) => {
      const thoughts = ['reasoning', 'reasoning_content'].map((name) =>
        event({ choices: [{ delta: { [name]: 'hm' } }] }),
      )
      response.end(`:\n\n${thoughts.join('')}${said('Hi')}${event({ choices: [{ finish_reason: 'stop' }] })}`)
    })
    const { parts } = await collect(ask(engine))
    expect(parts.map(({ type }) => type)).toEqual(['reading', 'reading', 'reasoning', 'reasoning', 'text', 'end'])
  })

  it.each([
    ['there', 200, { data: [{ id: 'm' }] }],
    ['there', 200, { data: [{ id: 'm', status: { value: 'loaded' } }] }],
    ['loading', 200, { data: [{ id: 'm', status: { value: 'loading' } }] }],
    ['loading', 503, { error: { message: 'Loading model' } }],
    ['there', 401, { error: { message: 'no key' } }],
    [null, 200, { other: true }],
  ])('looked at, it is %s where the list of models is %i %j', async (sign, status, list) => {
    server = await startFakeServer((_request, response) => sendJson(response, list, status))
    expect(await new OpenAiEngine({ url: server.url }).look('m', never)).toBe(sign)
  })

  it('passes on what chooses tokens and ends the text, and no length that nobody has named', async () => {
    const asked: unknown[] = []
    const engine = await start((response, body) => {
      asked.push(body)
      response.end(event({ choices: [{ delta: {}, finish_reason: 'stop' }] }))
    })
    const sampling = { topP: 0.5, seed: 7, presencePenalty: 1, frequencyPenalty: -1, stop: ['end'] }
    await collect(ask(engine, never, { maxTokens: null, sampling }))
    await collect(ask(engine, never, { temperature: undefined }))
    const [first, second] = asked
    expect(first).toMatchObject({
      ...{ top_p: 0.5, seed: 7, presence_penalty: 1, frequency_penalty: -1, stop: ['end'], temperature: 0 },
    })
    expect(first).not.toHaveProperty('max_tokens')
    expect(Object.keys(second as object).sort()).toEqual([
      'max_tokens',
      'messages',
      'model',
      'stream',
      'stream_options',
    ])
  })

  it('sends its key with every request, and to nobody else', async () => {
    const other = await startFakeServer((_request, response) => sendJson(response, { data: [] }))
    const engine = await start((response) => response.writeHead(307, { location: `${other.url}/` }).end(), 'sk-secret')
    expect((await engine.listModels(never)).ok).toBe(true)
    expect((await collect(ask(engine))).last).toMatchObject({ type: 'failed' })
    expect(server?.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer sk-secret',
      'Bearer sk-secret',
    ])
    expect(other.requests).toEqual([])
    await other.close()
    engine.useKey('sk-other')
    await engine.listModels(never)
    expect(server?.requests.at(-1)?.headers.authorization).toBe('Bearer sk-other')
  })

  it.each([
    [401, 'sk-secret', 'it does not take the key it was given'],
    [403, null, 'it needs a key'],
    [400, 'sk-secret', 'no such thing as …'],
  ])('repeats no key where the server does so with %i', async (status, key, reason) => {
    const message = 'no such thing as sk-secret'
    const engine = await start((response) => sendJson(response, { error: { message } }, status), key)
    expect((await collect(ask(engine))).last).toMatchObject({ error: { details: { reason } } })
  })

  it.each([
    ['in the words of OpenAI', { error: { message: 'temperature is odd', code: null, type: 'invalid' } }, 400],
    ['in those of older vLLM', { object: 'error', message: 'temperature is odd', code: 400 }, 400],
    ['as a bare text', { error: 'temperature is odd' }, 422],
  ])('tells why the server refuses a request, %s', async (_how, body, status) => {
    const engine = await start((response) => sendJson(response, body, status))
    expect((await collect(ask(engine))).last).toMatchObject({
      error: { code: 'engine_refused', details: { reason: 'temperature is odd' } },
    })
  })

  it('tells of a prompt that is too long with the numbers of the server, or its own', async () => {
    const words = 'request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it'
    const engine = await start((response) => sendJson(response, { error: { message: words } }, 400))
    expect((await collect(ask(engine))).last).toMatchObject({
      error: { code: 'context_too_long', details: { limit: 4_096, tokens: 5_000 } },
    })
    await server?.close()
    const terse = await start((response) =>
      sendJson(response, { error: { message: 'no', code: 'context_length_exceeded' } }, 400),
    )
    await terse.listModels(never)
    expect((await collect(ask(terse))).last).toMatchObject({
      error: { code: 'context_too_long', details: { limit: 2_048 } },
    })
  })

  it('closes the connection when the request is stopped', async () => {
    const engine = await start((response) => void response.write(said('Good')))
    const stop = new AbortController()
    const { last } = await collect(ask(engine, stop.signal), (part) => {
      if (part.type === 'text') stop.abort()
    })
    expect(last).toMatchObject({ type: 'end', reason: 'stopped' })
  })

  it.each([
    [
      'a lost connection',
      (response: ServerResponse) => void response.write(said('x'), () => response.destroy()),
      'engine_stopped',
    ],
    ['an end without a finish', (response: ServerResponse) => void response.end(said('x')), 'engine_stopped'],
    [
      'an unknown model',
      (response: ServerResponse) => sendJson(response, { error: { message: 'no' } }, 404),
      'model_unknown',
    ],
    ['a full server', (response: ServerResponse) => sendJson(response, {}, 429), 'queue_full'],
    ['junk', (response: ServerResponse) => void response.end('data: {"choices": 1}\n\n'), 'engine_failed'],
    ['an endless event', (response: ServerResponse) => void response.end(`data: ${'x'.repeat(3e6)}`), 'engine_failed'],
  ])('reports %s', async (_what, chat, code) => {
    const engine = await start(chat)
    expect((await collect(ask(engine))).last).toMatchObject({ type: 'failed', error: { code } })
  })

  it.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    [' https://box.local/v1/ ', 'https://box.local'],
    ['http://box.local/llm/v1', 'http://box.local/llm'],
  ])('takes %s as the address %s', (text, url) => {
    expect(parseServerUrl(text)).toEqual({ ok: true, value: url })
  })

  it.each(['', 'two words', 'line\nbreak', 'ключ', 'x'.repeat(501)])(
    'refuses the key "%s" without repeating it',
    (key) => {
      const parsed = parseServerKey(key)
      expect(parsed).toMatchObject({ ok: false, error: { code: 'bad_request' } })
      if (key !== '') expect(JSON.stringify(parsed)).not.toContain(key)
    },
  )

  it.each([
    '',
    'box.local',
    'file:///etc/passwd',
    'ftp://box',
    'http://me:secret@box',
    'http://box/?key=1',
    `http://${'a'.repeat(400)}`,
  ])('refuses the address "%s" without repeating it', (text) => {
    const parsed = parseServerUrl(text)
    expect(parsed).toMatchObject({ ok: false, error: { code: 'url_invalid' } })
    expect(JSON.stringify(parsed)).not.toContain('secret')
  })
})
