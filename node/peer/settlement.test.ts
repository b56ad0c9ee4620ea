import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TokenUsage } from '../engines/engine.ts'
import { hear, never } from '../protocol/testing/service-bench.ts'
import { leaveEarly, type Leaving } from '../protocol/testing/early-leaver.ts'
import { SettlementBench } from './testing/settlement-bench.ts'

let bench: SettlementBench
beforeEach(async () => {
  bench = await SettlementBench.open()
})
afterEach(() => bench.close())

/** Some 1,000 tokens of words. */
const words = 'some words to read once more '.repeat(138)
const plenty = { tokensPerDay: 1_000_000, requestsPerDay: 1_000 }
const all = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('a processor that lies about tokens', () => {
  it.each<[string, TokenUsage]>([
    ['five million', { promptTokens: 4, completionTokens: 5_000_000 }],
    ['five million of the prompt', { promptTokens: 5_000_000, completionTokens: 20 }],
    ['more than a number holds', { promptTokens: Number.MAX_SAFE_INTEGER, completionTokens: Number.MAX_SAFE_INTEGER }],
    ['nothing at all', { promptTokens: 0, completionTokens: 0 }],
    ['all that was set aside', { promptTokens: 900, completionTokens: 100_000 }],
  ])('settles what was seen when it says %s', async (_, lie) => {
    const machine = bench.machine({ tokens: 200, lies: { usage: () => lie } })
    const gateway = await bench.gateway([machine])
    const keyId = bench.key(plenty)
    const request = bench.request(words, { ...bench.by(keyId), maxTokens: 100_000 })
    const { last } = await hear(gateway.ask(request, never))
    // The caller is told what was counted as well, not what was said.
    expect(last).toMatchObject({ type: 'end', usage: { completionTokens: 200 } })
    const { tokens, requests } = bench.used(keyId)
    expect(requests).toBe(1)
    expect(tokens).toBeGreaterThanOrEqual(200 + 1_000)
    expect(tokens).toBeLessThanOrEqual(200 + Buffer.byteLength(words) + 72)
  })

  it('is asked last from then on, and its answers still count', async () => {
    const liar = bench.machine({ tokens: 200, lies: { usage: (truth) => ({ ...truth, completionTokens: 90_000 }) } })
    const honest = bench.machine({ tokens: 200 })
    const gateway = await bench.gateway([liar, honest])
    const ask = () => hear(gateway.ask(bench.request(words, { maxTokens: 100_000 }), never))
    await ask()
    for (let index = 0; index < 5; index++) await ask()
    expect([liar.engine.begun, honest.engine.begun]).toEqual([1, 5])
    const alone = await bench.gateway([liar])
    for (let index = 0; index < 2; index++) {
      expect(await hear(alone.ask(bench.request(words), never))).toMatchObject({ last: { type: 'end' } })
    }
  })

  it('cannot go on after what was set aside, whatever it says of each piece', async () => {
    const keyId = bench.key({ tokensPerDay: 10_000, requestsPerDay: 100 })
    for (const tokens of [() => 1, () => 0, () => Number.MAX_SAFE_INTEGER, () => 0.5]) {
      const machine = bench.machine({ tokens: 5, lies: { babbles: ' tea', tokens } })
      const gateway = await bench.gateway([machine])
      const request = bench.request('hi', { ...bench.by(keyId), maxTokens: 100 })
      const heard = await hear(gateway.ask(request, never))
      expect(heard.last).toMatchObject({ type: 'end', reason: 'length', usage: { completionTokens: 100 } })
      // Sixteen units of text are a token at least, even where it says that they are none.
      expect(heard.text.length).toBeLessThanOrEqual(101 * 16)
    }
    expect(bench.used(keyId).tokens).toBeLessThanOrEqual(4 * (100 + 2 + 72))
  })
})

describe('an engine that lies about tokens', () => {
  const wild: [string, (truth: TokenUsage) => TokenUsage][] = [
    ['is honest', (truth) => truth],
    ['says no numbers', () => ({ promptTokens: NaN, completionTokens: NaN })],
    ['says less than nothing', () => ({ promptTokens: -5, completionTokens: -7 })],
    ['says 1.8e19', () => ({ promptTokens: 1.8e19, completionTokens: 1.8e19 })],
    ['says fractions', () => ({ promptTokens: 0.5, completionTokens: 19.5 })],
    ['says nothing', () => ({ promptTokens: 0, completionTokens: 0 })],
    ['says infinity', () => ({ promptTokens: Infinity, completionTokens: 1 })],
  ]

  it.each(wild)('settles what was seen, at plan and key, when it %s; its machine is no liar', async (_, says) => {
    const machine = bench.machine({ tokens: 200, says, holder: 0 })
    const spare = bench.machine({ holder: 0 })
    const gateway = await bench.gateway([machine, spare])
    bench.plan(plenty)
    const keyId = bench.key(plenty)
    for (let index = 1; index <= 2; index++) {
      const { last } = await hear(gateway.ask(bench.request(words, bench.by(keyId)), never))
      expect(last).toMatchObject({ type: 'end', usage: { completionTokens: 200 } })
      for (const { tokens, requests } of [bench.used(keyId), bench.used(null)]) {
        expect(requests).toBe(index)
        expect(tokens).toBeGreaterThanOrEqual(index * 1_200)
        expect(tokens).toBeLessThanOrEqual(index * (200 + Buffer.byteLength(words) + 72))
      }
    }
    expect(spare.engine.begun).toBe(0)
  })

  it.each([
    ['in tokens', ' tea'],
    ['in signs', '#'],
  ])('is ended at what was set aside, though it makes 4,693 %s', async (_, tokenText) => {
    const machine = bench.machine({ tokens: 4_693, tokenText, ignoresLimit: true, holder: 0 })
    const gateway = await bench.gateway([machine])
    bench.plan({ ...plenty, tokensPerDay: 2_000 })
    const keyId = bench.key({ ...plenty, tokensPerDay: 2_000 })
    const request = bench.request('hello', { ...bench.by(keyId), maxTokens: 4_096, mayShorten: true })
    const { last, text } = await hear(gateway.ask(request, never))
    expect(last).toMatchObject({ type: 'end', reason: 'length' })
    expect(text.length / tokenText.length).toBeLessThanOrEqual(1_024)
    await bench.idle()
    expect(machine.engine.trueTokens).toBeLessThanOrEqual(1_024 + 5 + 4 + 1)
    expect(bench.used(null).tokens).toBeGreaterThanOrEqual(1_024)
    expect(bench.used(keyId).tokens).toBeLessThanOrEqual(2_000)
  })

  it('is ended too where it thinks without showing it', async () => {
    const machine = bench.machine({ thinks: 5_000, ignoresLimit: true, holder: 0 })
    bench.plan(plenty)
    const { last } = await hear(bench.ask(machine, bench.request('hello', { maxTokens: 500 }), never))
    expect(last).toMatchObject({ type: 'end', reason: 'length', usage: { completionTokens: 500 } })
    await bench.idle()
    expect(machine.engine.trueTokens).toBeLessThanOrEqual(500 + 20)
  })
})

describe.each<Leaving>(['stops', 'goes'])('a caller that %s early', (how) => {
  it('pays for 60 prompts of 1,000 tokens, with its key and on its plan', async () => {
    const machine = bench.machine({ tokens: 500, holder: 0 })
    const gateway = await bench.gateway([machine])
    bench.plan({ tokensPerDay: 10_000, requestsPerDay: 1_000 })
    const keyId = bench.key({ tokensPerDay: 10_000, requestsPerDay: 1_000 })
    for (let index = 0; index < 60; index++) {
      await leaveEarly(gateway, bench.request(words, bench.by(keyId)), 'text', how)
      await bench.idle()
    }
    const largest = Buffer.byteLength(words) + 1_072
    expect(machine.engine.trueTokens).toBeLessThanOrEqual(10_000 + largest)
    for (const { tokens } of [bench.used(keyId), bench.used(null)]) expect(tokens).toBeGreaterThanOrEqual(5_000)
    expect(bench.settlements.every(({ tokens, requests }) => tokens > 1_000 && requests === 1)).toBe(true)
  })

  it('pays for what an engine that knows it has really read', async () => {
    const machine = bench.machine({ tokens: 500, saysWhenStopped: (truth) => truth, holder: 0 })
    bench.plan(plenty)
    await leaveEarly(
      { ask: (request, signal) => bench.ask(machine, request, signal) },
      bench.request(words),
      'text',
      how,
    )
    await bench.idle()
    expect(bench.used(null).tokens).toBe(machine.engine.trueTokens)
  })

  it('pays for a conversation that was counted before only what is new of it', async () => {
    const machine = bench.machine({ tokens: 20, holder: 0 })
    bench.plan(plenty)
    const port = {
      ask: (...call: Parameters<SettlementBench['ask']> extends [unknown, ...infer R] ? R : never) =>
        bench.ask(machine, ...call),
    }
    const first = bench.request(words)
    await hear(port.ask(first, never))
    const before = bench.used(null).tokens
    const turns = [
      ...first.turns,
      { role: 'assistant' as const, text: ' tea' },
      { role: 'user' as const, text: 'and?' },
    ]
    await leaveEarly(port, bench.request('', { turns }), 'text', how)
    await bench.idle()
    expect(bench.used(null).tokens - before).toBeLessThan(1_000 + 100)
  })

  it('has used a request for each of 40 loads, of 10 a day', async () => {
    const machine = bench.machine({ loadMs: 60_000, holder: 0 })
    const gateway = await bench.gateway([machine])
    bench.plan({ requestsPerDay: 20 })
    const keyId = bench.key({ requestsPerDay: 10 })
    for (let index = 0; index < 40; index++) {
      await leaveEarly(gateway, bench.request('hi', bench.by(keyId)), 'loading', how)
      await bench.idle()
    }
    expect(machine.engine.begun).toBe(10)
    for (let index = 0; index < 40; index++) {
      await leaveEarly(
        { ask: (request, signal) => bench.ask(machine, request, signal) },
        bench.request('hi'),
        'loading',
        how,
      )
      await bench.idle()
    }
    expect(machine.engine.begun).toBe(20)
  })

  it('pays no tokens while it waits in the queue, but has made a request', async () => {
    const machine = bench.machine({ tokens: 1_000, tokenMs: 1, slots: 1, holder: 0 })
    const gateway = await bench.gateway([machine])
    bench.plan({ ...plenty, requestsPerDay: 11 })
    const keyId = bench.key(plenty)
    const leaving = new AbortController()
    const running = hear(gateway.ask(bench.request('hi'), leaving.signal))
    await expect.poll(() => machine.engine.active).toBe(1)
    for (let index = 0; index < 20; index++) {
      await leaveEarly(gateway, bench.request(words, bench.by(keyId)), 'accepted', how)
    }
    await expect.poll(() => bench.used(keyId)).toEqual({ tokens: 0, requests: 10 })
    leaving.abort()
    await running
    expect(machine.engine.begun).toBe(1)
  })

  it('pays for what was made ahead of it, though it never read', async () => {
    const machine = bench.machine({ tokens: 3_000, holder: 0 })
    bench.plan(plenty)
    const leaving = new AbortController()
    const request = bench.request('hi', { maxTokens: 3_000 })
    const parts = bench.ask(machine, request, leaving.signal)[Symbol.asyncIterator]()
    while ((await parts.next()).value?.type !== 'text') continue
    await expect.poll(() => machine.engine.trueTokens, { timeout: 5_000 }).toBeGreaterThan(2_000)
    if (how === 'goes') await parts.return()
    else leaving.abort()
    await bench.idle()
    await expect.poll(() => bench.settlements.length).toBe(1)
    expect(bench.used(null).tokens).toBeGreaterThanOrEqual(machine.engine.trueTokens)
  })
})

describe('a request that was not served', () => {
  it('costs nothing where no work was begun for it', async () => {
    const full = bench.machine({
      tokens: 1_000,
      tokenMs: 1,
      slots: 1,
      queue: { waiting: 0, waitingPerAccount: 0 },
      holder: 0,
    })
    const gateway = await bench.gateway([full])
    bench.plan(plenty)
    const keyId = bench.key(plenty)
    const leaving = new AbortController()
    const running = hear(gateway.ask(bench.request('hi'), leaving.signal))
    await expect.poll(() => full.engine.active).toBe(1)
    expect((await hear(gateway.ask(bench.request(words, bench.by(keyId)), never))).code).toBe('queue_full')
    const other = bench.request(words, { ...bench.by(keyId), model: 'no such model' })
    expect((await hear(gateway.ask(other, never))).code).toBe('model_not_found')
    expect(bench.used(keyId)).toEqual({ tokens: 0, requests: 0 })
    leaving.abort()
    await running
  })

  it.each(['accepted', 'reading', 'end'] as const)(
    'costs no tokens where every machine failed at %s',
    async (failsAt) => {
      const machines = all(4).map(() => bench.machine({ tokens: 0, lies: { failsAt } }))
      const gateway = await bench.gateway(machines)
      const keyId = bench.key(plenty)
      const heard = await hear(gateway.ask(bench.request(words, bench.by(keyId)), never))
      expect(heard).toMatchObject({ code: 'engine_failed', last: { usage: null } })
      expect(bench.used(keyId).tokens).toBe(0)
      expect(bench.used(keyId).requests).toBeLessThanOrEqual(1)
    },
  )

  it('costs its prompt once where two machines failed and the third answered', async () => {
    const failing = all(2).map(() => bench.machine({ failsAfter: 0, holder: 0 }))
    const honest = bench.machine({ tokens: 10, holder: 0 })
    const gateway = await bench.gateway([...failing, honest])
    bench.plan(plenty)
    const keyId = bench.key(plenty)
    expect((await hear(gateway.ask(bench.request(words, bench.by(keyId)), never))).code).toBeNull()
    expect(bench.used(keyId)).toEqual({ tokens: honest.engine.trueTokens, requests: 1 })
    expect(bench.used(null).tokens).toBe(honest.engine.trueTokens)
  })

  it('costs what was seen of it, as an estimate, where its machine failed in the middle; that is no lie', async () => {
    const machine = bench.machine({ tokens: 200, failsAfter: 50, holder: 0 })
    const spare = bench.machine()
    const gateway = await bench.gateway([machine, spare])
    const keyId = bench.key(plenty)
    for (let index = 0; index < 2; index++) await hear(gateway.ask(bench.request(words, bench.by(keyId)), never))
    const { tokens, requests } = bench.used(keyId)
    expect(requests).toBe(2)
    expect(tokens).toBeGreaterThanOrEqual(2 * (1_000 + 50))
    expect(tokens).toBeLessThanOrEqual(2 * (Buffer.byteLength(words) + 72 + 50))
    expect(spare.engine.begun).toBe(0)
  })
})

describe('text dense in tokens', () => {
  it.each([1, 2, 8, 30])('overspends a limit by one request at most: %i at a time', async (count) => {
    const machine = bench.machine({ tokens: 100, holder: 0 })
    const gateway = await bench.gateway([machine])
    bench.plan({ tokensPerDay: 10_000 })
    const keyId = bench.key({ tokensPerDay: 10_000 })
    // Sparse text first: what is learned of it must not let dense text in.
    for (let index = 0; index < 3; index++)
      await hear(gateway.ask(bench.request(words.slice(0, 1_000), bench.by(keyId)), never))
    const dense = '#'.repeat(1_900)
    for (let wave = 0; wave < 8; wave++) {
      await Promise.all(
        all(count).map(() => hear(gateway.ask(bench.request(dense, { ...bench.by(keyId), mayShorten: true }), never))),
      )
    }
    expect(machine.engine.trueTokens).toBeLessThanOrEqual(10_000 + 1_900 + 1_024 + 72)
    expect(machine.engine.trueTokens).toBeGreaterThan(8_000)
  })

  it('leaves room for sparse text: a prompt that fits a limit is served, though its bytes would not', async () => {
    const machine = bench.machine({ tokens: 100, holder: 0 })
    const gateway = await bench.gateway([machine])
    bench.plan({ tokensPerDay: 100_000 })
    const keyId = bench.key({ tokensPerMinute: 2_000 })
    const request = () => bench.request(words, { ...bench.by(keyId), mayShorten: true })
    expect((await hear(gateway.ask(request(), never))).last).toMatchObject({ type: 'end', reason: 'stop' })
  })
})
