import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import OpenAI from 'openai'
import { kithError } from '../contract/errors.ts'
import { pacedModel } from '../protocol/testing/paced-hub.ts'
import { ApiBench, plainKey } from './testing/api-bench.ts'
import { dataOf } from './testing/stream-data.ts'

let bench: ApiBench
beforeEach(async () => {
  bench = await ApiBench.open()
})
afterEach(() => bench.close())

const question = { model: pacedModel.name, messages: [{ role: 'user' as const, content: 'Hello' }] }

describe('a client that leaves', () => {
  it.each([true, false])('stops the engine (stream: %s)', async (stream) => {
    bench.hub.pace = { tokens: 100_000, tokenMs: 5 }
    const leave = new AbortController()
    const asked = bench.client().chat.completions.create({ ...question, stream }, { signal: leave.signal })
    if (stream) {
      for await (const _chunk of (await asked) as AsyncIterable<unknown>) {
        leave.abort()
        break
      }
    } else {
      setTimeout(() => leave.abort(), 50)
      await expect(asked).rejects.toThrow(OpenAI.APIUserAbortError)
    }
    await bench.hub.idle()
    expect(bench.hub.active).toBe(0)
  })

  it('stops the engine when its socket is torn down before the first text', async () => {
    bench.hub.pace = { tokens: 1, tokenMs: 0, firstTokenMs: 60_000 }
    const body = JSON.stringify({ ...question, stream: true })
    const socket = connect(bench.port, '127.0.0.1')
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost:${bench.port}\r\nauthorization: Bearer ${plainKey}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    await expect.poll(() => bench.hub.active).toBe(1)
    socket.destroy()
    await bench.hub.idle()
    expect(bench.hub.active).toBe(0)
  })
})

describe('waiting', () => {
  it('sends signs of life, and the status with the first of them', async () => {
    bench.options.keepAliveMs = 30
    bench.hub.pace = { tokens: 2, tokenMs: 0, firstTokenMs: 200 }
    const { text } = await bench.chat({ stream: true })
    expect(text).toMatch(/^(: keep-alive\n\n){2,}(data: [^\n]+\n\n)+$/)
  })

  it('ends with a data chunk where it fails after a sign of life', async () => {
    bench.options.keepAliveMs = 10
    bench.options.ask = async function* () {
      await new Promise((resolve) => setTimeout(resolve, 60))
      yield { type: 'failed', error: kithError('queue_full', { machine: 'desk' }), usage: null }
    }
    const answer = await bench.chat({ stream: true })
    expect(answer.status).toBe(200)
    expect(answer.text).toMatch(/^(: keep-alive\n\n)+data: \{"error":[^\n]+\n\n$/)
  })

  it('is cut short with a coded reason when the server stops', async () => {
    bench.hub.pace = { tokens: 100_000, tokenMs: 5 }
    const streamed = bench.chat({ stream: true })
    const plain = bench.chat()
    await expect.poll(() => bench.hub.prompts.length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await bench.close()
    expect(dataOf((await streamed).text).at(-1)).toContain('"shutting_down"')
    expect(await plain).toMatchObject({ status: 503, json: { error: { kith: { code: 'shutting_down' } } } })
    await bench.hub.idle()
  })
})
