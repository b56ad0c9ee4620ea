import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pacedModel } from '../protocol/testing/paced-hub.ts'
import { ApiBench, plainKey } from './testing/api-bench.ts'
import { head, HostileProgram } from './testing/hostile-program.ts'

const authorization = `Bearer ${plainKey}`
const chatBody = (more: object = {}): string =>
  JSON.stringify({ model: pacedModel.name, messages: [{ role: 'user', content: 'Hello' }], ...more })

let bench: ApiBench
const programs: HostileProgram[] = []
let hasEnded = false
beforeEach(async () => {
  hasEnded = false
  bench = await ApiBench.open()
})
afterEach(async () => {
  for (const one of programs.splice(0)) one.close()
  await bench.close()
})

/** Starts the server anew, with what a test changed in its options. */
async function withOptions(change: Partial<ApiBench['options']>): Promise<void> {
  Object.assign(bench.options, change)
  await bench.api.stop()
  await bench.api.start()
}

async function program(): Promise<HostileProgram> {
  const one = await HostileProgram.open(bench.port)
  programs.push(one)
  return one
}

async function crowd(count: number): Promise<HostileProgram[]> {
  return Promise.all(Array.from({ length: count }, program))
}

function chatOf(body: string, headers: Record<string, string> = {}): string {
  const ofBody = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
  return head('POST', '/v1/chat/completions', bench.port, { authorization, ...ofBody, ...headers }) + body
}

const isHealthy = async (): Promise<boolean> => (await bench.send('GET', '/healthz')).status === 200

describe('a program that opens connections', () => {
  it('and says nothing on all of them keeps nobody out, and is cut off soon', { timeout: 30_000 }, async () => {
    const silent = await crowd(700)
    expect(await isHealthy()).toBe(true)
    expect((await bench.chat()).status).toBe(200)
    await expect.poll(() => silent.filter(({ closedMs }) => closedMs !== null).length).toBeGreaterThanOrEqual(188)
    await Promise.all(silent.map(({ closed }) => closed))
    expect(Math.max(...silent.map(({ closedMs }) => closedMs ?? 0))).toBeLessThan(12_000)
  })

  it('and keeps them after a reply keeps nobody out either', async () => {
    await withOptions({ maxConnections: 20 })
    const kept = await crowd(20)
    for (const one of kept) one.write(head('GET', '/healthz', bench.port))
    await expect.poll(() => kept.every(({ heard }) => heard.includes('200 OK'))).toBe(true)
    expect(await isHealthy()).toBe(true)
    await kept[0]?.closed
    expect(kept.filter(({ closedMs }) => closedMs === null)).toHaveLength(19)
  })

  it('disturbs no stream that runs', async () => {
    await withOptions({ maxConnections: 20 })
    bench.hub.pace = { tokens: 40, tokenMs: 20 }
    const asked = await program()
    asked.write(chatOf(chatBody({ stream: true })))
    await expect.poll(() => bench.hub.active).toBe(1)
    for (let round = 0; round < 10; round += 1) await crowd(20)
    await expect.poll(() => asked.heard, { timeout: 10_000 }).toContain('[DONE]')
  })

  it('is told so where every place has a reply to wait for', async () => {
    await withOptions({ maxConnections: 3 })
    bench.hub.pace = { tokens: 1, tokenMs: 0, firstTokenMs: 60_000 }
    let asked = 0
    const { ask } = bench.options
    bench.options.ask = (...given) => {
      asked += 1
      return ask(...given)
    }
    const waiting = await crowd(3)
    for (const one of waiting) one.write(chatOf(chatBody()))
    await expect.poll(() => asked).toBe(3)
    const late = await program()
    await late.closed
    expect(late.heard).toMatch(/^HTTP\/1\.1 429 .*\r\n[\s\S]*"code":"too_many_connections"/)
    waiting[0]?.close()
    await expect.poll(isHealthy).toBe(true)
  })
})

describe('a request that arrives slowly', () => {
  const deadlines = { headersMs: 300, requestMs: 700, checkEveryMs: 50 }

  it.each([
    ['says nothing', '', 300],
    ['sends half a head', 'GET /healthz HTTP/1.1\r\nhost: x', 300],
    ['sends half a body', 'body', 700],
  ])('ends at its deadline where it %s', async (_what, what, deadlineMs) => {
    await withOptions({ deadlines })
    const slow = await program()
    if (what === 'body') slow.write(chatOf(chatBody(), { 'content-length': '4000' }))
    else if (what !== '') slow.write(what)
    await slow.closed
    expect(slow.closedMs).toBeGreaterThan(deadlineMs - 100)
    expect(slow.closedMs).toBeLessThan(deadlineMs + 1_000)
    expect(slow.heard).toContain('HTTP/1.1 408 Request Timeout')
    expect(slow.heard).toContain('"code":"request_slow"')
  })

  it.each(['head', 'body'])('gains nothing by a byte of its %s now and then', async (part) => {
    await withOptions({ deadlines })
    const slow = await program()
    slow.write(part === 'head' ? 'GET /healthz HTTP/1.1\r\nx: ' : chatOf('', { 'content-length': '4000' }))
    const drip = setInterval(() => slow.write(' '), 40)
    await slow.closed
    clearInterval(drip)
    expect(slow.closedMs).toBeLessThan(2_000)
  })
})

describe('a body that nobody asked for', () => {
  const long = Buffer.alloc(256 * 1024, 'x')
  const length = 1024 * 1024 * 1024
  it.each([
    ['of an unknown path', 'POST', '/v1/nothing', {}, 404],
    ['without a key', 'POST', '/v1/chat/completions', {}, 401],
    ['with a wrong key', 'POST', '/v1/chat/completions', { authorization: 'Bearer sk-kith-no' }, 401],
    ['of a page', 'POST', '/v1/chat/completions', { authorization, origin: 'https://evil.example' }, 403],
    ['of a request that has none', 'GET', '/healthz', {}, 200],
    ['of a renewal', 'POST', '/v1/sessions/renew', { authorization: 'Bearer a.b.c' }, 401],
    ['that is no login', 'POST', '/v1/sessions', { 'content-type': 'application/json' }, 413],
    ['that is too long', 'POST', '/v1/chat/completions', { authorization, 'content-type': 'application/json' }, 413],
  ] as const)('is not read: %s', async (_what, method, path, headers, status) => {
    const sizes: Record<string, string>[] = [{ 'content-length': String(length) }, { 'transfer-encoding': 'chunked' }]
    for (const size of sizes) {
      const sender = await program()
      sender.write(head(method, path, bench.port, { ...headers, ...size }))
      const chunk =
        'content-length' in size ? long : Buffer.concat([Buffer.from('40000\r\n'), long, Buffer.from('\r\n')])
      const taken = await sender.flood(chunk, length)
      // What the system keeps on the way counts too.
      expect(taken).toBeLessThan(24 * 1024 * 1024)
      await sender.closed
      expect(sender.heard).toContain(`HTTP/1.1 ${status} `)
    }
  })

  it('does not cost a program its refusal, nor its connection, where it is short', async () => {
    const sender = await program()
    const body = 'x'.repeat(100_000)
    for (let turn = 0; turn < 2; turn += 1) {
      sender.write(chatOf(body, { authorization: 'Bearer wrong' }))
      await expect.poll(() => sender.heard.split('HTTP/1.1 401').length).toBe(turn + 2)
    }
    sender.write(head('GET', '/healthz', bench.port))
    await expect.poll(() => sender.heard).toContain('HTTP/1.1 200 OK')
  })

  it('is asked for by 100-continue only with a key', async () => {
    const expectation = { expect: '100-continue' }
    const stranger = await program()
    stranger.write(head('POST', '/v1/chat/completions', bench.port, { ...expectation, 'content-length': '100' }))
    await stranger.closed
    expect(stranger.heard).toMatch(/^HTTP\/1\.1 401/)
    const known = await program()
    const body = chatBody()
    const whole = chatOf(body, expectation)
    known.write(whole.slice(0, -body.length))
    await expect.poll(() => known.heard).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    known.write(body)
    await expect.poll(() => known.heard).toContain('HTTP/1.1 200 OK')
    const strange = await program()
    strange.write(head('GET', '/healthz', bench.port, { expect: 'a miracle' }))
    await expect.poll(() => strange.heard).toContain('HTTP/1.1 417')
  })
})

describe('a request that is not what it seems', () => {
  const smuggled = (): string => head('GET', '/v1/models', bench.port, { authorization })
  it.each([
    ['a length and chunks', 'content-length: 4\r\ntransfer-encoding: chunked'],
    ['two lengths', 'content-length: 4\r\ncontent-length: 400'],
    ['a length that is none', 'content-length: +4'],
    ['chunks spelled oddly', 'transfer-encoding: xchunked'],
    ['chunks named twice', 'transfer-encoding: chunked, chunked'],
    ['a space before the colon', 'content-length : 4'],
    ['a header that goes on in the next line', 'x: a\r\n b\r\ncontent-length : 4'],
    ['a line feed alone', 'x: a\ncontent-length: 4'],
    ['a zero in a header', 'x: a\0b'],
  ])('is refused with what follows it: %s', async (_what, lines) => {
    const sender = await program()
    sender.write(`POST /healthz HTTP/1.1\r\nhost: 127.0.0.1:${bench.port}\r\n${lines}\r\n\r\n0\r\n\r\n${smuggled()}`)
    await sender.closed
    expect(sender.heard).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(sender.heard).not.toContain('"object":"list"')
    expect(sender.heard).toContain('"error":{')
  })

  it.each([
    ['a head beyond 16 KiB', (): string => head('GET', '/healthz', bench.port, { x: 'x'.repeat(20_000) }), 431],
    [
      'very many headers',
      (): string =>
        head('GET', '/healthz', bench.port, Object.fromEntries([...Array(4_000).keys()].map((n) => [`x${n}`, 'y']))),
      431,
    ],
    ['a path beyond it', (): string => head('GET', `/${'x'.repeat(20_000)}`, bench.port), 431],
    ['no host', (): string => 'GET /healthz HTTP/1.1\r\n\r\n', 403],
    ['a method nobody knows', (): string => head('BREW', '/healthz', bench.port), 400],
    ['a method nobody uses', (): string => head('PROPFIND', '/healthz', bench.port), 404],
    ['a broken path', (): string => head('GET', '/%c0%ae/%zz', bench.port), 400],
    ['a path out of the root', (): string => head('GET', '/v1/../../etc/passwd', bench.port), 404],
    ['another version', (): string => 'GET / HTTP/9.9\r\n\r\n', 400],
    ['bytes', (): string => Buffer.from([0x16, 0x03, 0x01, 0x00, 0xff, 0, 0]).toString('latin1'), 400],
  ] as const)('gets a coded refusal: %s', async (_what, text, status) => {
    const sender = await program()
    sender.write(text())
    await expect.poll(() => sender.heard).toContain('"kith":{"code":')
    expect(sender.heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(sender.heard.toLowerCase()).toContain('content-type: application/json')
  })

  it.each([
    ['a very deep list', `{"model":"x","messages":${'['.repeat(1_900_000)}${']'.repeat(1_900_000)}}`],
    ['a very deep object', `${'{"a":'.repeat(600_000)}1${'}'.repeat(600_000)}`],
    [
      'very deep tools',
      `{"model":"x","messages":[{"role":"user","content":"x"}],"tools":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`,
    ],
    ['a very long list', `{"model":"x","messages":[${'{},'.repeat(1_300_000)}{}]}`],
    ['a prototype deep inside', '{"model":"x","messages":[{"role":"user","content":"x","__proto__":{"a":1}}]}'],
    ['a constructor', '{"constructor":{"prototype":{"a":1}}}'],
  ])('is refused quickly where its body is %s', async (_what, body) => {
    const beganMs = performance.now()
    const { status, json } = await bench.send('POST', '/v1/chat/completions', { body })
    expect([status, json.error?.type]).toEqual([400, 'invalid_request_error'])
    expect(performance.now() - beganMs).toBeLessThan(5_000)
    expect(({} as { a?: unknown }).a).toBeUndefined()
  })

  it('is answered in its turn where several come at once, and garbage after them ends the connection', async () => {
    const sender = await program()
    sender.write(head('GET', '/healthz', bench.port).repeat(200))
    await expect.poll(() => sender.heard.split('"status":"ok"').length).toBe(201)
    bench.hub.pace = { tokens: 400, tokenMs: 10 }
    sender.write(chatOf(chatBody({ stream: true })))
    await expect.poll(() => sender.heard).toContain('chat.completion.chunk')
    sender.write('no HTTP at all\r\n\r\n')
    await sender.closed
    expect(sender.heard).not.toContain('that is no HTTP request')
    await bench.hub.idle()
    expect(bench.hub.active).toBe(0)
  })
})

describe('a program that does not read', () => {
  it('its stream is cut off, the generation stops, and little is kept for it', { timeout: 30_000 }, async () => {
    await withOptions({ readerMs: 500, keepAliveMs: 50 })
    bench.options.ask = async function* (_prompt, signal) {
      yield { type: 'accepted', machineName: 'desk', place: 0 } as never
      for (let index = 0; index < 100_000 && !signal.aborted; index += 1) {
        yield { type: 'text', text: 'x'.repeat(10_000) } as never
        await new Promise((resolve) => setImmediate(resolve))
      }
      hasEnded = true
    }
    const deaf = await program()
    deaf.goDeaf()
    deaf.write(chatOf(chatBody({ stream: true })))
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
    await expect.poll(() => hasEnded, { timeout: 15_000 }).toBe(true)
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(60 * 1024 * 1024)
  })

  it('its whole reply is dropped after a while', { timeout: 30_000 }, async () => {
    await withOptions({ readerMs: 500, maxConnections: 1 })
    bench.options.ask = async function* () {
      yield { type: 'text', text: 'x'.repeat(30_000_000) } as never
      yield { type: 'end', reason: 'stop', usage: { promptTokens: 1, completionTokens: 1 } } as never
    }
    const deaf = await program()
    deaf.goDeaf()
    deaf.write(chatOf(chatBody()))
    await expect.poll(() => isHealthy().catch(() => false), { timeout: 15_000, interval: 200 }).toBe(true)
  })
})
