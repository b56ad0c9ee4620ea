import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { OpenAiEngine } from './openai-engine.ts'
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
  ): Promise<OpenAiEngine> {
    server = await startFakeServer((request, response, body) => {
      if (request.url === '/v1/models') return sendJson(response, { data: [{ id: 'm', max_model_len: 2048 }] })
      return chat(response, JSON.parse(body))
    })
    return new OpenAiEngine({ url: server.url })
  }

  function ask(engine: OpenAiEngine, signal = never) {
    const turns = [{ role: 'user', text: 'Hello' }] as const
    return engine.chat({ model: 'm', turns, maxTokens: 5, temperature: 0, signal })
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
