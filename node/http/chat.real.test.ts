import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureRealOllama, serveOllama, type RunningOllama } from '../../resources/scripts/real/real-ollama.mjs'
import { OllamaEngine } from '../engines/ollama/ollama-engine.ts'
import { ApiBench, pacedGateway, testPoolId } from './testing/api-bench.ts'

const never = new AbortController().signal

describe('programs that ask a real Ollama', () => {
  let server: RunningOllama
  let bench: ApiBench
  let model: string

  beforeAll(async () => {
    const real = await ensureRealOllama()
    model = real.modelName
    server = await serveOllama(real)
    const engine = new OllamaEngine({ url: server.url })
    const listed = await engine.listModels(never)
    const models = listed.ok ? listed.value : []
    const hub = {
      models: () => models,
      engineFor: (name: string) => (models.some((one) => one.name === name) ? engine : null),
      onChange: () => () => undefined,
    }
    const gateway = await pacedGateway(hub, 'desk')
    bench = await ApiBench.open()
    bench.options.ask = (request, signal) => gateway.ask(request, signal)
    bench.options.models = () => models.map(({ name, engine: of }) => ({ name, engine: of, poolIds: [testPoolId] }))
  })
  afterAll(async () => {
    await bench.close()
    await server.stop()
  })

  const ask = (content: string, body: object = {}) =>
    bench.client({ maxRetries: 2 }).chat.completions.create({
      ...{ model, messages: [{ role: 'user' as const, content }], max_completion_tokens: 4 },
      ...body,
      stream: false,
    })

  it('are answered on 1,000 words with a context of 2,048, and hear both numbers beyond it', async () => {
    expect((await ask('word '.repeat(1_000))).usage?.prompt_tokens).toBeGreaterThan(1_000)
    await expect(ask('word '.repeat(3_000))).rejects.toMatchObject({
      ...{ status: 400, code: 'context_length_exceeded' },
      error: { kith: { details: { limit: 2_048, tokens: expect.any(Number) } } },
    })
  })

  it('may write its name as they like, and hear the one it has', async () => {
    const { data } = await bench.client().models.list()
    expect(data.map(({ id }) => id)).toContain(`${model}:latest`)
    expect((await ask('Hello', { model: model.toUpperCase() })).model).toBe(`${model}:latest`)
    await expect(ask('Hello', { model: `${model}-typo` })).rejects.toMatchObject({ status: 404 })
  })

  it('may leave the length to the model, and end with an answer that goes on', async () => {
    const answer = await ask('What is the capital of France?', {
      max_completion_tokens: -1,
      temperature: 0,
      seed: 1,
      top_p: 0.9,
    })
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop' })
    const begun = [
      { role: 'user', content: 'What is the capital of France?' },
      { role: 'assistant', content: 'Paris is' },
    ]
    expect((await ask('', { messages: begun })).choices[0]?.message.content).not.toBe('')
    expect((await ask('', { messages: [begun[0], { role: 'assistant', content: null }] })).usage).toBeDefined()
  })
})
