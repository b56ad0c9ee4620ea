import { connect, createServer } from 'node:net'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { httpUsageSchema } from './schemas.ts'
import { fail, ok } from '../contract/result.ts'
import { usualPort } from './local-api.ts'
import { ApiBench, keyPrincipal, plainKey, takenPort } from './testing/api-bench.ts'

let bench: ApiBench
beforeEach(async () => {
  bench = await ApiBench.open()
})
afterEach(() => bench.close())

describe('the address', () => {
  it('is on this computer alone, and says where', () => {
    expect(bench.api.slice).toEqual({ state: 'running', url: `http://127.0.0.1:${bench.port}/v1`, error: null })
  })

  it('is any free one where the usual one is taken', async () => {
    bench.options.port = () => null
    await bench.api.refresh()
    const second = await ApiBench.open()
    second.options.port = () => null
    await second.api.refresh()
    expect(second.port).not.toBe(bench.port)
    // Programs that are set to the usual port send their keys to somebody else.
    expect(second.api.slice.takenPort).toBe(usualPort)
    expect((await second.send('GET', '/healthz')).status).toBe(200)
    await second.close()
  })

  it('is exactly the one that was chosen, and says so where that is taken', async () => {
    const { port, free } = await takenPort()
    bench.options.port = () => port
    await bench.api.refresh()
    expect(bench.api.slice).toMatchObject({
      state: 'failed',
      url: null,
      error: { code: 'port_taken', details: { port } },
      takenPort: port,
    })
    await free()
    await bench.api.refresh()
    expect(bench.port).toBe(port)
  })

  it('is that of localhost too, whichever of its addresses a program tries first', async () => {
    const { port } = bench
    expect((await fetch(`http://[::1]:${port}/healthz`)).status).toBe(200)
    // Nobody else can stand there and be sent keys.
    const other = createServer()
    const failed = await new Promise<unknown>((resolve) => other.once('error', resolve).listen(port, '::1'))
    expect(failed).toMatchObject({ code: 'EADDRINUSE' })
    await bench.api.stop()
    await expect(fetch(`http://[::1]:${port}/healthz`)).rejects.toThrow()
  })

  it('says so where another program has its port as localhost', async () => {
    const { port, free } = await takenPort('::1')
    bench.options.port = () => port
    await bench.api.refresh()
    expect(bench.api.slice).toMatchObject({ state: 'running', url: `http://127.0.0.1:${port}/v1`, takenPort: port })
    await free()
  })

  it('goes when it is switched off, and comes back', async () => {
    const { url } = bench.api.slice
    bench.options.isEnabled = () => false
    await bench.api.refresh()
    expect(bench.api.slice).toEqual({ state: 'off', url: null, error: null })
    await expect(fetch(`${url ?? ''}/models`)).rejects.toThrow()
    bench.options.isEnabled = () => true
    await bench.api.refresh()
    expect((await bench.send('GET', '/healthz')).status).toBe(200)
  })
})

describe('who is let in', () => {
  it.each(['evil.example', '127.0.0.1', 'localhost:1', '127.0.0.1.evil.example:80'])('nobody as %s', async (host) => {
    expect(await bench.send('GET', '/healthz', { headers: { host } })).toMatchObject({
      status: 403,
      json: { error: { code: 'host_refused' } },
    })
  })

  it('programs that call it localhost', async () => {
    const headers = { host: `localhost:${bench.port}` }
    expect((await bench.send('GET', '/healthz', { headers })).status).toBe(200)
  })

  it.each(['https://evil.example', 'null', 'http://localhost:1', 'file://'])('no page of %s', async (origin) => {
    const answer = await bench.chat({}, { origin })
    expect(answer).toMatchObject({ status: 403, json: { error: { code: 'origin_refused' } } })
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    expect(bench.hub.prompts).toEqual([])
  })

  it.each([
    ['no key', {}, 'key_missing'],
    ['another scheme', { authorization: 'Basic c2s6' }, 'key_missing'],
    ['a key in two parts', { authorization: 'Bearer sk kith' }, 'key_missing'],
    ['a key without end', { authorization: `Bearer ${'x'.repeat(3_000)}` }, 'key_malformed'],
    ['a wrong key', { authorization: 'Bearer sk-kith-wrong' }, 'key_unknown'],
  ])('nobody with %s', async (_what, headers, code) => {
    const answer = await bench.send('GET', '/v1/models', { headers: { authorization: '', ...headers } })
    expect(answer).toMatchObject({
      status: 401,
      headers: {
        'www-authenticate': 'Bearer',
        'x-should-retry': 'false',
        'x-request-id': expect.stringMatching(/^\w{32}$/),
      },
      json: { error: { kith: { code } } },
    })
  })

  it.each([
    ['key_mistyped', 401],
    ['key_revoked', 401],
    ['key_disabled', 401],
    ['key_expired', 401],
    ['key_foreign', 401],
    ['key_not_here', 403],
    ['session_expired', 401],
  ] as const)('nobody whose key is refused with %s', async (code, status) => {
    bench.options.authenticate = () => Promise.resolve(fail(code))
    expect(await bench.chat()).toMatchObject({ status, json: { error: { kith: { code } } } })
  })

  it('nobody yet whose key has not arrived: 503 and when to come back', async () => {
    bench.options.authenticate = () => Promise.resolve(fail('key_not_ready', { seconds: 3 }))
    expect(await bench.chat()).toMatchObject({
      status: 503,
      headers: { 'retry-after': '3', 'x-should-retry': 'true' },
      json: { error: { code: 'key_not_ready' } },
    })
  })

  it('no key without the scope', async () => {
    bench.options.authenticate = () => Promise.resolve(ok({ ...keyPrincipal, scopes: ['metrics'] }))
    expect(await bench.chat()).toMatchObject({ status: 403, json: { error: { kith: { code: 'key_scope_missing' } } } })
    expect((await bench.send('GET', '/v1/usage')).status).toBe(200)
  })
})

describe('what is read', () => {
  it('bodies of up to 4 MiB', async () => {
    const content = 'x'.repeat(4 * 1024 * 1024)
    expect(await bench.chat({ messages: [{ role: 'user', content }] })).toMatchObject({
      status: 413,
      json: { error: { code: 'payload_too_large' } },
    })
  })

  it('no body at all without a key, however large', async () => {
    const socket = connect(bench.port, '127.0.0.1')
    const text: string[] = []
    socket.on('data', (chunk) => text.push(chunk.toString()))
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost:${bench.port}\r\ncontent-length: 4000000\r\n\r\n`,
    )
    await expect.poll(() => text.join('')).toContain('HTTP/1.1 401')
    socket.destroy()
  })

  it.each([
    ['text', { 'content-type': 'text/plain' }, '{}', 415],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b', 415],
    ['half of an object', {}, '{"model":', 400],
    ['a list', {}, '[]', 400],
    ['nothing', {}, '', 400],
    ['a prototype', {}, '{"__proto__":{"model":"x"}}', 400],
  ])('JSON alone, no %s', async (_what, headers, body, status) => {
    const answer = await bench.send('POST', '/v1/chat/completions', { headers, body })
    expect(answer).toMatchObject({
      status,
      json: { error: { type: 'invalid_request_error', kith: { code: 'bad_request' } } },
    })
  })

  it('nothing that is no HTTP, in the same words', async () => {
    const socket = connect(bench.port, '127.0.0.1')
    const text: string[] = []
    socket.on('data', (chunk) => text.push(chunk.toString()))
    socket.write('garbage\r\n\r\n')
    await expect.poll(() => text.join('')).toContain('"invalid_request_error"')
    socket.destroy()
  })

  it.each([
    ['GET', '/'],
    ['GET', '/v1/nothing'],
    ['DELETE', '/v1/models'],
    ['POST', '/v1/embeddings'],
    ['OPTIONS', '/v1/chat/completions'],
  ])('no %s %s', async (method, path) => {
    expect(await bench.send(method, path)).toMatchObject({
      status: 404,
      json: { error: { kith: { code: 'route_unknown' } } },
    })
  })

  it('no path that is broken', async () => {
    expect(await bench.send('GET', '/v1/%zz')).toMatchObject({
      status: 400,
      json: { error: { kith: { code: 'bad_request' } } },
    })
  })
})

describe('the log', () => {
  it('holds no key, no password, no prompt and no answer', async () => {
    const lines: string[] = []
    bench.options.log = pino(
      { level: 'trace', serializers: { cause: pino.stdSerializers.err } },
      { write: (line: string) => lines.push(line) },
    )
    await bench.chat({ messages: [{ role: 'user', content: 'a very private question' }] })
    await bench.chat({ messages: 'a very private question' })
    await bench.send('POST', '/v1/sessions', { body: JSON.stringify({ username: 'ada', password: 'hunter2' }) })
    bench.options.ask = async function* () {
      throw new Error('a fault')
    }
    await bench.chat({ messages: [{ role: 'user', content: 'a very private question' }] })
    await expect.poll(() => lines.filter((line) => line.includes('"msg":"http"')).length).toBe(4)
    expect(lines.some((line) => line.includes('a fault'))).toBe(true)
    for (const secret of [plainKey, 'hunter2', 'private question', 'token1'])
      expect(lines.join('')).not.toContain(secret)
  })
})

describe('models, usage and health', () => {
  it('lists the models that the key may use', async () => {
    const poolIds = [keyPrincipal.poolId].filter((id) => id !== null)
    bench.options.models = () => ['a', 'b', 'c'].map((name) => ({ engine: 'server' as const, name, poolIds }))
    const ids = async (): Promise<string[]> => (await bench.client().models.list()).data.map(({ id }) => id)
    expect(await ids()).toEqual(['a', 'b', 'c'])
    bench.options.authenticate = () => Promise.resolve(ok({ ...keyPrincipal, allowedModels: ['c', 'z'] }))
    expect(await ids()).toEqual(['c'])
  })

  it('says what a key has used and has left, in the body and in the headers', async () => {
    const resetsAtMs = Date.now() + 30_000
    bench.options.limits = () => [
      { name: 'requestsPerMinute', limit: 3, used: 2, left: 1, resetsAtMs, wouldRefuse: 0 },
      { name: 'concurrentRequests', limit: 2, used: 0, left: 2, resetsAtMs: null, wouldRefuse: 0 },
    ]
    const totals = { requests: 2, failures: 1, promptTokens: 10, completionTokens: 5 }
    bench.options.usage = () => Promise.resolve(ok({ today: totals, thisMonth: { ...totals, requests: 9 } }))
    const { json, headers } = await bench.send('GET', '/v1/usage')
    expect(httpUsageSchema.parse(json)).toMatchObject({
      key_id: keyPrincipal.keyId,
      limits: [
        { name: 'requestsPerMinute', limit: 3, used: 2, left: 1, resets_at: Math.ceil(resetsAtMs / 1_000) },
        { name: 'concurrentRequests', resets_at: null },
      ],
      today: { requests: 2, failures: 1, prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      this_month: { requests: 9 },
    })
    expect(headers).toMatchObject({ 'x-ratelimit-limit-requests': '3', 'x-ratelimit-remaining-requests': '1' })
    expect(headers['x-ratelimit-reset-requests']).toMatch(/^(30|29)s$/)
  })

  it('reports limits on refusals and streams too', async () => {
    bench.options.limits = () => [
      { name: 'tokensPerDay', limit: 100, used: 40, left: 60, resetsAtMs: Date.now() + 3_600_000, wouldRefuse: 0 },
    ]
    for (const answer of [await bench.chat({ n: 2 }), await bench.chat({ stream: true }), await bench.chat()]) {
      expect(answer.headers).toMatchObject({
        'x-ratelimit-remaining-tokens': '60',
        'openai-processing-ms': expect.stringMatching(/^\d+$/),
      })
    }
  })

  it('is healthy without a key', async () => {
    expect(await bench.send('GET', '/healthz', { headers: { authorization: '' } })).toMatchObject({
      status: 200,
      json: { status: 'ok' },
    })
  })

  it('names a machine whose name no header could hold', async () => {
    const second = await ApiBench.open({ tokens: 1, tokenMs: 0 }, 'Büro\r\nset-cookie: x 😀')
    const { headers } = await second.chat()
    expect(decodeURIComponent(String(headers['x-kith-machine']))).toBe('Büro\r\nset-cookie: x 😀')
    expect(headers['set-cookie']).toBeUndefined()
    await second.close()
  })
})
