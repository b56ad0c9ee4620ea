import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureRealOllama, serveOllama } from '../../resources/scripts/real/real-ollama.mjs'
import type { RealOllama, RunningOllama } from '../../resources/scripts/real/real-ollama.mjs'
import type { Model } from '../contract/state.ts'
import { OllamaEngine } from '../engines/ollama/ollama-engine.ts'
import { hear, never, promptRequest, ServiceBench, type Heard } from '../protocol/testing/service-bench.ts'

/** A model of Ollama with a context that holds 3,000 words. */
const wideModel = 'kith-real-wide:latest'

describe('a real Ollama as it comes', () => {
  let real: RealOllama
  let server: RunningOllama
  let bench: ServiceBench

  beforeAll(async () => {
    real = await ensureRealOllama()
    server = await serveOllama({ ...real, parallel: null })
    await manage('POST', 'create', { from: real.modelName, parameters: { num_ctx: 8_192 }, stream: false })
    bench = await ServiceBench.open()
  })

  afterAll(async () => {
    await bench.close()
    await manage('DELETE', 'delete', {})
    await server.stop()
  })

  async function manage(method: string, route: string, body: object): Promise<void> {
    const init = { method, body: JSON.stringify({ model: wideModel, ...body }) }
    const response = await fetch(`${server.url}/api/${route}`, init)
    if (!response.ok) throw new Error(`Ollama answered ${response.status}: ${await response.text()}`)
    await response.text()
  }

  /** Asks from another device, with the deadlines that users have. */
  async function askAll(model: string, prompts: readonly string[], maxTokens: number): Promise<Heard[]> {
    const engine = new OllamaEngine({ url: server.url })
    const listed: Model = {
      ...{ name: model, engine: 'ollama', digest: '', sizeBytes: 1, contextTokens: 8_192, isLoaded: false },
    }
    const hub = { models: () => [listed], engineFor: () => engine, onChange: () => () => undefined }
    const { target } = await bench.provider({ tokens: 1, tokenMs: 0 }, { hub })
    const { clients } = bench.caller()
    return Promise.all(
      prompts.map((prompt) =>
        hear(clients.ask(target, 'processRequest', promptRequest(prompt, { model, maxTokens }), never)),
      ),
    )
  }

  it('answers four long questions at once, one after the other', async () => {
    const prompts = ['sea', 'sun', 'moon', 'wind'].map((about) => `Tell me a very long story about the ${about}.`)
    const heard = await askAll(`${real.endlessModelName}:latest`, prompts, 200)
    expect(heard.map(({ code }) => code)).toEqual([null, null, null, null])
    for (const { text } of heard) expect(text.length).toBeGreaterThan(200)
    const firstPlaces = heard.map(({ parts }) => parts.find((part) => part.type === 'accepted')?.place)
    expect(firstPlaces).toEqual([0, 1, 2, 3])
  })

  it('answers a prompt of 3,000 words', async () => {
    const words = Array.from({ length: 3_000 }, (_, index) => ['sea', 'sun', 'moon', 'wind', 'hill'][index % 5])
    const [heard] = await askAll(wideModel, [words.join(' ')], 16)
    expect(heard?.code).toBeNull()
    expect(heard?.last).toMatchObject({ type: 'end' })
    expect(heard?.last?.type === 'end' && heard.last.usage.promptTokens).toBeGreaterThan(2_900)
  })
})
