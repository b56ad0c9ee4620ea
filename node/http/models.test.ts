import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EngineName } from '../contract/state.ts'
import { ok } from '../contract/result.ts'
import type { PromptRequest } from '../protocol/messages/generation.ts'
import { ApiBench, keyPrincipal, testPoolId } from './testing/api-bench.ts'

let bench: ApiBench
beforeEach(async () => {
  bench = await ApiBench.open()
})
afterEach(() => bench.close())

const messages = [{ role: 'user' as const, content: 'Hello' }]

function offer(...models: [string, EngineName][]): void {
  bench.options.models = () => models.map(([name, engine]) => ({ name, engine, poolIds: [testPoolId] }))
}

function allow(...allowedModels: string[]): void {
  bench.options.authenticate = () => Promise.resolve(ok({ ...keyPrincipal, allowedModels }))
}

function recorded(): PromptRequest[] {
  const asked: PromptRequest[] = []
  bench.options.ask = async function* (request) {
    asked.push(request)
    yield { type: 'end', reason: 'stop', usage: { promptTokens: 1, completionTokens: 1 } }
  }
  return asked
}

describe('a name that no model has', () => {
  it('is refused with 404 after one request, however often the official client would try again', async () => {
    let requests = 0
    const client = new OpenAI({
      baseURL: bench.url,
      apiKey: 'sk-kith-test',
      fetch: (url, init) => {
        requests += 1
        return fetch(url, init)
      },
    })
    expect(client.maxRetries).toBe(2)
    await expect(client.chat.completions.create({ model: 'paecd', messages })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    })
    expect(requests).toBe(1)
    const raw = await bench.chat({ model: 'paecd' })
    expect(raw.headers).toMatchObject({ 'x-should-retry': 'false' })
    expect(raw.headers['retry-after']).toBeUndefined()
    await expect(client.models.retrieve('paecd')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
    expect(requests).toBe(2)
  })

  it('is another thing than a model whose computers are away', async () => {
    bench.options.isKnown = (_caller, model) => model === 'away'
    expect(await bench.send('GET', '/v1/models/away')).toMatchObject({
      status: 503,
      headers: { 'x-should-retry': 'true' },
      json: { error: { code: 'no_capacity' } },
    })
    expect((await bench.send('GET', '/v1/models/awry')).status).toBe(404)
  })
})

describe('a name', () => {
  it.each([
    ['Gemma3', 'gemma3:latest'],
    ['gemma3:latest', 'gemma3:latest'],
    ['HF.co/Org/Model:Q4', 'hf.co/org/model:q4'],
  ])('of Ollama may be written as %s, and the reply has the engine’s own: %s', async (asked, name) => {
    offer(['gemma3:latest', 'ollama'], ['hf.co/org/model:q4', 'ollama'])
    const requests = recorded()
    const { data } = await bench.client().chat.completions.create({ model: asked, messages }).withResponse()
    expect(data.model).toBe(name)
    expect(requests[0]?.model).toBe(name)
    expect(await bench.client().models.retrieve(asked)).toMatchObject({ id: name, object: 'model' })
  })

  it('is taken as it stands with other engines', async () => {
    offer(['Qwen/Qwen3', 'server'])
    const requests = recorded()
    await bench.chat({ model: 'qwen/qwen3' })
    expect(requests[0]?.model).toBe('qwen/qwen3')
    expect((await bench.send('GET', '/v1/models/qwen/qwen3')).status).toBe(404)
  })

  it.each(['/v1/models/org/model:q4', '/v1/models/org%2Fmodel%3Aq4', '/v1/models/org/model%3Aq4'])(
    'may hold slashes: %s',
    async (path) => {
      offer(['org/model:q4', 'ollama'])
      expect(await bench.send('GET', path)).toMatchObject({ status: 200, json: { id: 'org/model:q4' } })
    },
  )

  it.each(['/v1/models/%E0%A4%A', `/v1/models/${'x'.repeat(201)}`, '/v1/models/'])(
    'is refused as the mistake of its caller: %s',
    async (path) => {
      const { status } = await bench.send('GET', path)
      expect([400, 404]).toContain(status)
    },
  )

  it('is allowed to a key under any of its spellings, and says nothing of those that are not', async () => {
    offer(['gemma3:latest', 'ollama'], ['secret:latest', 'ollama'])
    allow('Gemma3')
    recorded()
    expect((await bench.chat({ model: 'gemma3:latest' })).status).toBe(200)
    expect((await bench.send('GET', '/v1/models/gemma3')).status).toBe(200)
    expect((await bench.send('GET', '/v1/models/secret')).status).toBe(404)
    expect(await bench.chat({ model: 'secret' })).toMatchObject({ status: 403 })
    bench.options.isKnown = () => true
    expect((await bench.send('GET', '/v1/models/secret')).status).toBe(404)
  })
})
