import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { delay } from '../base/deadline.ts'
import { OpenAiEngine } from '../engines/openai/openai-engine.ts'
import { sendJson, startFakeServer, type FakeServer } from '../engines/testing/fake-server.ts'
import { defaultDeadlines } from '../protocol/generations/deadlines.ts'
import { withGenerationDeadlines } from '../protocol/generations/timed-generation.ts'
import { pacedModel } from '../protocol/testing/paced-hub.ts'
import { hear, never, promptRequest, ServiceBench, type Heard } from '../protocol/testing/service-bench.ts'

const words = (count: number): string => 'word '.repeat(count)
const chunk = (choice: object): string => `data: ${JSON.stringify({ choices: [choice] })}\n\n`
const answer = chunk({ delta: { content: 'Yes' } }) + chunk({ finish_reason: 'stop' }) + 'data: [DONE]\n\n'

let bench: ServiceBench
const servers: FakeServer[] = []
beforeAll(async () => {
  bench = await ServiceBench.open()
})
afterAll(async () => {
  await bench.close()
  for (const server of servers) await server.close()
})

/** Asks, with the deadlines that users have, a server that takes its time. */
async function askServer(prompt: string, chat: (response: ServerResponse) => void | Promise<void>): Promise<Heard> {
  const server = await startFakeServer((request, response) => {
    if (request.url === '/v1/models') return sendJson(response, { data: [{ id: pacedModel.name }] })
    return chat(response)
  })
  servers.push(server)
  const engine = new OpenAiEngine({ url: server.url })
  const hub = { models: () => [pacedModel], engineFor: () => engine, onChange: () => () => undefined }
  const { target } = await bench.provider({ tokens: 1, tokenMs: 0 }, { hub })
  return hear(bench.caller().clients.ask(target, 'processRequest', promptRequest(prompt), never))
}

async function repeat(response: ServerResponse, text: string, forMs: number): Promise<void> {
  for (let ms = 0; ms < forMs; ms += 5_000) {
    response.write(text)
    await delay(5_000)
  }
}

describe('with the deadlines that users have', () => {
  it('slow engines answer', { timeout: 120_000 }, async () => {
    const startedMs = performance.now()
    const loadedMs = startedMs + 45_000
    const heard = await Promise.all([
      // Loads for 45 s and says so, as llama-server does.
      askServer('hi', (response) =>
        performance.now() > loadedMs
          ? void response.end(answer)
          : sendJson(response, { error: { message: 'Loading model' } }, 503),
      ),
      // Loads for 45 s without a word.
      askServer('hi', async (response) => {
        await delay(45_000)
        response.end(answer)
      }),
      // Reads 3,000 words on a processor without a graphics card.
      askServer(words(3_000), async (response) => {
        await delay(51_000)
        response.end(answer)
      }),
      // Sends nothing but comments at first.
      askServer('hi', async (response) => {
        await repeat(response, ': keep-alive\n\n', 45_000)
        response.end(answer)
      }),
      // Thinks for 40 s.
      askServer('hi', async (response) => {
        await repeat(response, chunk({ delta: { reasoning_content: 'hm' } }), 40_000)
        response.end(answer)
      }),
    ])
    expect(heard.map(({ code, text }) => [code, text])).toEqual(heard.map(() => [null, 'Yes']))
  })

  it('an engine that shows no sign of life ends after 30 s', { timeout: 60_000 }, async () => {
    const { processor } = await bench.provider({ tokens: 1, tokenMs: 0, stallAfter: 0 })
    const port = withGenerationDeadlines(processor.local, defaultDeadlines, () => 'Here')
    const startedMs = performance.now()
    expect((await hear(port.ask(promptRequest(), never))).code).toBe('first_token_timeout')
    expect(performance.now() - startedMs).toBeGreaterThan(29_000)
    expect(performance.now() - startedMs).toBeLessThan(36_000)
  })
})
