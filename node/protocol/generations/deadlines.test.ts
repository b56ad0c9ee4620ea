import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import DHT from 'hyperdht'
import type { Patience } from '../../processor/first-token-watch.ts'
import type { GenerationDeadlines } from './deadlines.ts'
import { withGenerationDeadlines } from './timed-generation.ts'
import { defaultDeadlines } from './deadlines.ts'
import type { Pace } from '../testing/paced-hub.ts'
import { hear, never, promptRequest, ServiceBench } from '../testing/service-bench.ts'

let bench: ServiceBench
beforeAll(async () => {
  bench = await ServiceBench.open()
})
afterAll(() => bench.close())

async function codeWith(
  pace: Pace,
  deadlines: Partial<GenerationDeadlines>,
  patience: Partial<Patience> = {},
): Promise<string | null> {
  const { target, hub } = await bench.provider(pace, { patience })
  const heard = await hear(
    bench.caller('active', { deadlines }).clients.ask(target, 'processRequest', promptRequest(), never),
  )
  await hub.idle()
  return heard.code
}

describe('each deadline of a generation', () => {
  it('connect: a machine that is not there', async () => {
    const target = { deviceId: 'cc'.repeat(32) as never, serviceKey: DHT.keyPair().publicKey, name: 'Nobody' }
    const { clients } = bench.caller('active', { deadlines: { connectMs: 200 } })
    const startedMs = performance.now()
    const heard = await hear(clients.ask(target, 'processRequest', promptRequest(), never))
    expect(heard.code).toBe('machine_unreachable')
    expect(performance.now() - startedMs).toBeLessThan(1_500)
  })

  it('accept: a machine that takes the call and says nothing more', async () => {
    const { target } = await bench.provider(
      { tokens: 1, tokenMs: 0 },
      { handlers: { processRequest: { admit: () => ({ ok: true, value: silence }) } } },
    )
    const { clients } = bench.caller('active', { deadlines: { acceptMs: 100 } })
    const heard = await hear(clients.ask(target, 'processRequest', promptRequest(), never))
    expect(heard.code).toBe('accept_timeout')
  })

  it('first token, which frees the engine', async () => {
    expect(await codeWith({ tokens: 9, tokenMs: 0, stallAfter: 0 }, { firstTokenMs: 100 })).toBe('first_token_timeout')
  })

  it('first token does not run while the model is loaded, which has its own', async () => {
    expect(await codeWith({ tokens: 1, tokenMs: 0, loadMs: 300 }, { firstTokenMs: 100 })).toBeNull()
    expect(await codeWith({ tokens: 1, tokenMs: 0, loadMs: 5_000 }, { loadMs: 100 })).toBe('load_timeout')
  })

  it('first token is the machine’s to decide, as long as it says that it goes on', async () => {
    const told = { lookEveryMs: 20, tellEveryMs: 40 }
    const slow = { tokens: 1, tokenMs: 0, firstTokenMs: 1_000 }
    expect(await codeWith(slow, { firstTokenMs: 300 }, told)).toBeNull()
    expect(await codeWith({ ...slow, look: 'loading' }, { firstTokenMs: 300, loadMs: 300 }, told)).toBeNull()
    expect(await codeWith(slow, { firstTokenMs: 300, prepareMs: 600 }, told)).toBe('first_token_timeout')
  })

  it('first token ends at the machine for an engine that shows no sign of life', async () => {
    const silent = { tokens: 9, tokenMs: 0, stallAfter: 0 }
    expect(await codeWith(silent, {}, { quietMs: 100 })).toBe('first_token_timeout')
    expect(await codeWith({ tokens: 1, tokenMs: 0, loadMs: 5_000 }, {}, { quietMs: 100 })).toBe('load_timeout')
  })

  it('first token has come when the model thinks', async () => {
    const thoughtful = { tokens: 1, tokenMs: 20, thoughts: 40 }
    expect(await codeWith(thoughtful, { firstTokenMs: 300 }, { quietMs: 300 })).toBeNull()
  })

  it('first token does not run in the queue', async () => {
    const { target } = await bench.provider({ tokens: 10, tokenMs: 40 })
    const { clients } = bench.caller('active', { deadlines: { firstTokenMs: 200 } })
    const heard = await Promise.all([
      hear(clients.ask(target, 'processRequest', promptRequest(), never)),
      hear(clients.ask(target, 'processRequest', promptRequest(), never)),
    ])
    expect(heard.map(({ code }) => code)).toEqual([null, null])
  })

  it('between tokens', async () => {
    expect(await codeWith({ tokens: 9, tokenMs: 0, stallAfter: 3 }, { betweenTokensMs: 100 })).toBe('token_timeout')
  })

  it('total', async () => {
    expect(await codeWith({ tokens: 900, tokenMs: 10 }, { totalMs: 200 })).toBe('total_timeout')
  })

  it('holds for this computer’s own processor too', async () => {
    const { hub, processor } = await bench.provider({ tokens: 9, tokenMs: 0, stallAfter: 3 })
    const port = withGenerationDeadlines(processor.local, { ...defaultDeadlines, betweenTokensMs: 100 }, () => 'Here')
    expect((await hear(port.ask(promptRequest(), never))).code).toBe('token_timeout')
    await hub.idle()
  })
})

async function* silence(signal: AbortSignal): AsyncGenerator<never, void, undefined> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
