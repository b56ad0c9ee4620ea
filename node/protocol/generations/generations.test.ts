import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { pacedText } from '../testing/paced-hub.ts'
import { hear, never, promptRequest, ServiceBench } from '../testing/service-bench.ts'

let bench: ServiceBench
beforeAll(async () => {
  bench = await ServiceBench.open()
})
afterAll(() => bench.close())

describe('a generation over the service connection', () => {
  it('carries the engine’s text, usage and stages unchanged', async () => {
    const { target, processor } = await bench.provider({ tokens: 2_000, tokenMs: 0, loadMs: 5, firstTokenMs: 5 })
    const { clients } = bench.caller()
    const heard = await hear(clients.ask(target, 'processRequest', promptRequest(), never))
    expect(heard.text).toBe(pacedText(2_000))
    expect(heard.last).toEqual({ type: 'end', reason: 'stop', usage: { promptTokens: 3, completionTokens: 2_000 } })
    expect(heard.parts.slice(0, 3).map((part) => part.type)).toEqual(['accepted', 'loading', 'reading'])
    const counted = heard.parts.reduce((sum, part) => sum + (part.type === 'text' ? part.tokens : 0), 0)
    expect(counted).toBe(2_000)
    expect(processor.servedPerMinute().at(-1)).toBe(1)
  })

  it('runs many at once on one connection', async () => {
    const { target, server } = await bench.provider({ tokens: 300, tokenMs: 1, slots: 16 })
    const { clients } = bench.caller()
    const heard = await Promise.all(
      Array.from({ length: 16 }, () => hear(clients.ask(target, 'processRequest', promptRequest(), never))),
    )
    expect(new Set(heard.map(({ text }) => text))).toEqual(new Set([pacedText(300)]))
    expect(server.connectionCount).toBe(1)
  })

  it('frees the engine within a second when the caller stops, and tells what was used', async () => {
    const { target, hub } = await bench.provider({ tokens: 10_000, tokenMs: 5 })
    const { clients } = bench.caller()
    const abort = new AbortController()
    const heard = await hear(clients.ask(target, 'processRequest', promptRequest(), abort.signal), (part) => {
      if (part.type === 'text') abort.abort()
    })
    expect(heard.last).toMatchObject({ type: 'end', reason: 'stopped' })
    const stoppedMs = performance.now()
    await hub.idle()
    expect(performance.now() - stoppedMs).toBeLessThan(1_000)
  })

  it('frees the engine when the caller leaves in the middle', async () => {
    const { target, hub } = await bench.provider({ tokens: 10_000, tokenMs: 5 })
    const { clients } = bench.caller()
    for await (const part of clients.ask(target, 'processRequest', promptRequest(), never))
      if (part.type === 'text') break
    await hub.idle()
  })

  it('frees the engine when the caller’s connection goes', async () => {
    const { target, hub } = await bench.provider({ tokens: 10_000, tokenMs: 5 })
    const { clients } = bench.caller()
    const heard = await hear(clients.ask(target, 'processRequest', promptRequest(), never), (part) => {
      if (part.type === 'text') clients.disconnect(target.deviceId)
    })
    expect(heard.code).toBe('machine_lost')
    await hub.idle()
  })

  it('holds the engine back for a slow reader without holding up another', async () => {
    const { target, hub } = await bench.provider({ tokens: 90_000, tokenMs: 0, slots: 2 })
    const { clients } = bench.caller()
    let resume: () => void = () => undefined
    const pause = new Promise<void>((resolve) => (resume = resolve))
    const slow = hear(clients.ask(target, 'processRequest', promptRequest('slow'), never), (part) =>
      part.type === 'text' ? pause : undefined,
    )
    await vi.waitFor(() => expect(hub.prompts).toEqual(['slow']))
    hub.pace = { tokens: 500, tokenMs: 0 }
    const other = await hear(clients.ask(target, 'processRequest', promptRequest('other'), never))
    expect(other.text).toBe(pacedText(500))
    expect(hub.active).toBe(1)
    resume()
    expect((await slow).text).toBe(pacedText(90_000))
  })
})
