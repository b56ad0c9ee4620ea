import { sendJson, startFakeServer, type FakeServer } from './fake-server.ts'

/** What it says before it goes silent. */
export const mortalWords = 'I am about to'

export interface MortalOllama {
  readonly url: string
  readonly model: string
  /** Ends it as a crash does, in the middle of what it says. */
  die(): Promise<void>
}

/** An Ollama that begins every answer and never ends one, until it dies. An empty question gets an empty answer. */
export async function startMortalOllama(): Promise<MortalOllama> {
  const model = 'mortal:latest'
  const models = [{ name: model, digest: 'aa', size: 100 }]
  const server: FakeServer = await startFakeServer((request, response, body) => {
    switch (request.url) {
      case '/api/version':
        return sendJson(response, { version: '0.17.4' })
      case '/api/tags':
      case '/api/ps':
        return sendJson(response, { models })
      case '/api/show':
        return sendJson(response, { model_info: { 'llama.context_length': 4_096 }, capabilities: ['completion'] })
      default: {
        const line = (value: unknown): string => `${JSON.stringify(value)}\n`
        const end = { message: { content: '' }, done: true, done_reason: 'stop', prompt_eval_count: 4, eval_count: 1 }
        if (body.includes('Say nothing')) response.end(line(end))
        else response.write(line({ message: { role: 'assistant', content: mortalWords }, done: false }))
      }
    }
  })
  return { url: server.url, model, die: () => server.close() }
}
