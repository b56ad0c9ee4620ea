import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { curlSnippet, javaScriptSnippet, pythonSnippet, type SnippetTarget } from './snippets.ts'

const run = promisify(execFile)
const plainKey = 'sk-kith-0f-1a-0123456789abcdef-secret'
/** Names with everything that quoting can go wrong with. */
const models = ['llama3.3:70b', `it's "quoted" \\ $HOME`]

interface Asked {
  readonly path: string | undefined
  readonly authorization: string | undefined
  readonly body: { readonly model: string; readonly messages: readonly { readonly role: string }[] }
}

/** Answers as the local API does, and keeps what it was asked. */
class Answerer {
  readonly asked: Asked[] = []
  readonly server = createServer((request, response) => {
    void this.answer(request).then((text) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    })
  })

  async answer(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked['body']
    this.asked.push({ path: request.url, authorization: request.headers.authorization, body })
    return JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there.' } }] })
  }
}

const answerer = new Answerer()
let url = ''

beforeAll(async () => {
  answerer.server.listen(0, '127.0.0.1')
  await once(answerer.server, 'listening')
  url = `http://127.0.0.1:${String((answerer.server.address() as AddressInfo).port)}/v1`
})

afterAll(() => {
  answerer.server.closeAllConnections()
  answerer.server.close()
})

function expected(model: string): unknown {
  return {
    path: '/v1/chat/completions',
    authorization: `Bearer ${plainKey}`,
    body: { model, messages: [{ role: 'user', content: 'Say hello in one sentence.' }] },
  }
}

describe('the snippets shown beside a new key', () => {
  it.each(models)('ask with curl, as they stand (%s)', async (model) => {
    const { stdout } = await run('sh', ['-c', curlSnippet({ url, plainKey, model }, false)])
    expect(stdout).toContain('Hello there.')
    expect(answerer.asked.at(-1)).toEqual(expected(model))
  })

  it.each(models)('ask with the official JavaScript client, as they stand (%s)', async (model) => {
    const script = javaScriptSnippet({ url, plainKey, model })
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script])
    expect(stdout).toBe('Hello there.\n')
    expect(answerer.asked.at(-1)).toMatchObject(expected(model) as object)
  })

  it('quote for Windows and for Python by their own rules', () => {
    const target: SnippetTarget = { url: 'http://127.0.0.1:4777/v1', plainKey, model: 'qwen3:8b' }
    expect(curlSnippet(target, true)).toContain('-d "{\\"model\\":\\"qwen3:8b\\"')
    expect(curlSnippet(target, true)).not.toContain("'")
    expect(pythonSnippet(target)).toContain('base_url="http://127.0.0.1:4777/v1"')
    expect(pythonSnippet(target)).toContain('model="qwen3:8b"')
  })
})
