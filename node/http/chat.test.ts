import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import OpenAI from 'openai'
import { kithError } from '../contract/errors.ts'
import { chatCompletionChunkSchema, chatCompletionSchema } from './schemas.ts'
import type { DeviceId } from '../contract/ids.ts'
import { ok } from '../contract/result.ts'
import { mostUnnamedTokens, type PromptRequest, type ServedPart } from '../protocol/messages/generation.ts'
import { pacedModel, pacedText } from '../protocol/testing/paced-hub.ts'
import { ApiBench, keyPrincipal, testPoolId } from './testing/api-bench.ts'
import { dataOf } from './testing/stream-data.ts'

let bench: ApiBench
beforeEach(async () => {
  bench = await ApiBench.open()
})
afterEach(() => bench.close())

const model = pacedModel.name
const messages = [{ role: 'user', content: 'Hello' }] as const
const question = { model, messages: [...messages] }

function answering(...parts: ServedPart[]): (request: PromptRequest) => AsyncGenerator<ServedPart> {
  return async function* () {
    yield* parts
  }
}

/** What the API allows to be null, as SDKs that fill in every field send it. */
const optionalFields = [
  ...['stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'seed', 'stop', 'n'],
  ...['presence_penalty', 'frequency_penalty', 'tools', 'tool_choice', 'functions', 'function_call', 'logprobs'],
  ...['modalities', 'response_format', 'logit_bias', 'top_logprobs', 'user', 'metadata', 'store', 'service_tier'],
  ...['parallel_tool_calls', 'reasoning_effort', 'prediction', 'audio', 'web_search_options'],
]

/** From here on every request is answered at once, and noted. */
function recorded(): PromptRequest[] {
  const asked: PromptRequest[] = []
  bench.options.ask = (request) => {
    asked.push(request)
    return answering({ type: 'end', reason: 'stop', usage: { promptTokens: 1, completionTokens: 1 } })(request)
  }
  return asked
}

describe('chat completions', () => {
  it('answers the official client at once, with usage and the machine', async () => {
    const { data, response, request_id } = await bench.client().chat.completions.create(question).withResponse()
    expect(data.choices[0]).toMatchObject({
      message: { role: 'assistant', content: pacedText(5) },
      finish_reason: 'stop',
    })
    expect(data.usage).toEqual({ prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 })
    expect(response.headers.get('x-kith-machine')).toBe('desk')
    expect(Number(response.headers.get('x-kith-queue-ms'))).toBeGreaterThanOrEqual(0)
    expect(request_id).toMatch(/^[0-9a-f]{32}$/)
    expect(data.id).toBe(`chatcmpl-${request_id ?? ''}`)
  })

  it('streams to the official client, with the totals in a last chunk where they were asked for', async () => {
    const stream = await bench
      .client()
      .chat.completions.create({ ...question, stream: true, stream_options: { include_usage: true } })
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(pacedText(5))
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
    expect(new Set(chunks.map(({ created }) => created)).size).toBe(1)
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
    })
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
  })

  it('frames the stream exactly: one data line and a blank line each, [DONE] last, usage only if asked', async () => {
    const answer = await bench.chat({ stream: true })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(answer.text).toMatch(/^(data: [^\n]+\n\n)+$/)
    expect(answer.text.endsWith('data: [DONE]\n\n')).toBe(true)
    const chunks = dataOf(answer.text)
      .slice(0, -1)
      .map((line) => chatCompletionChunkSchema.parse(JSON.parse(line)))
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
    expect(chunks.filter(({ choices }) => choices[0]?.finish_reason === 'stop')).toHaveLength(1)
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true)
  })

  it('answers in the shape that is documented', async () => {
    chatCompletionSchema.parse((await bench.chat()).json)
  })

  it('passes on what was asked, on whose account and by which key', async () => {
    const asked: PromptRequest[] = []
    bench.options.ask = (request) => {
      asked.push(request)
      return answering({ type: 'end', reason: 'length', usage: { promptTokens: 1, completionTokens: 7 } })(request)
    }
    const answer = await bench.chat({
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'one' },
            { type: 'text', text: 'two' },
          ],
        },
        { role: 'assistant', content: 'three' },
      ],
      max_tokens: 7,
      temperature: 0,
      top_p: 0.5,
      whatever: { is: 'ignored' },
    })
    expect(asked).toEqual([
      {
        requestId: answer.headers['x-request-id'],
        poolId: testPoolId,
        model,
        turns: [
          { role: 'system', text: 'Be brief.' },
          { role: 'user', text: 'one\ntwo' },
          { role: 'assistant', text: 'three' },
        ],
        maxTokens: 7,
        temperature: 0,
        sampling: { topP: 0.5 },
        consumer: { accountId: keyPrincipal.accountId, keyId: keyPrincipal.keyId },
      },
    ])
    expect(answer.json).toMatchObject({ choices: [{ finish_reason: 'length' }] })
  })

  it.each([
    ['tools', { tools: [{ type: 'function' }] }, 'tools'],
    ['several answers', { n: 2 }, 'n'],
    [
      'images',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      'messages.0.content.0',
    ],
    ['tool results', { messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.role'],
    ['JSON mode', { response_format: { type: 'json_object' } }, 'response_format'],
    ['probabilities', { logprobs: true }, 'logprobs'],
    ['no messages', { messages: [] }, 'messages'],
    ['a wrong type', { temperature: 'warm' }, 'temperature'],
    ['no length', { max_completion_tokens: 0 }, 'max_completion_tokens'],
    ['less than no length', { max_tokens: -2 }, 'max_tokens'],
    ['five ends', { stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
    ['an end of 513 characters', { stop: 'x'.repeat(513) }, 'stop'],
    ['a share beyond one', { top_p: 1.1 }, 'top_p'],
    ['a penalty beyond two', { presence_penalty: 2.1 }, 'presence_penalty'],
    ['half a seed', { seed: 0.5 }, 'seed'],
    ['a question without text', { messages: [{ role: 'user', content: null }] }, 'messages.0.content'],
  ])('refuses %s with 400 and the field at fault', async (_what, body, param) => {
    const answer = await bench.chat(body)
    expect(answer).toMatchObject({ status: 400, json: { error: { param, type: 'invalid_request_error' } } })
    expect(bench.hub.prompts).toEqual([])
  })

  it('passes on what chooses tokens and ends the text, and leaves out what is null', async () => {
    const asked = recorded()
    const samplers = { top_p: 0.5, seed: 7, presence_penalty: -1, frequency_penalty: 0, stop: 'end' }
    await bench.chat(samplers)
    await bench.chat({ stop: ['\n', '', 'x'.repeat(512)], seed: -1 })
    const nulls = Object.fromEntries(Object.keys(samplers).map((name) => [name, null]))
    await bench.chat({ ...nulls, temperature: null, stop: [] })
    expect(asked.map(({ sampling }) => sampling)).toEqual([
      { topP: 0.5, seed: 7, presencePenalty: -1, frequencyPenalty: 0, stop: ['end'] },
      { seed: -1, stop: ['\n', 'x'.repeat(512)] },
      undefined,
    ])
  })

  it('takes null for every optional field, and answers of old that hold no text', async () => {
    const asked = recorded()
    const answer = await bench.chat({
      messages: [
        { role: 'user', content: 'Hello', name: null },
        { role: 'assistant', content: null, tool_calls: null, refusal: null, audio: null, function_call: null },
        { role: 'user', content: [{ type: 'text', text: 'again', image_url: null }] },
        { role: 'assistant', content: null, tool_calls: [{ id: '1', type: 'function', function: { name: 'f' } }] },
      ],
      ...Object.fromEntries(optionalFields.map((name) => [name, null])),
    })
    expect(answer.status).toBe(200)
    expect(asked[0]?.turns).toEqual([
      { role: 'user', text: 'Hello' },
      { role: 'assistant', text: '' },
      { role: 'user', text: 'again' },
      { role: 'assistant', text: '' },
    ])
  })

  it.each([[{}], [{ max_tokens: -1 }], [{ max_tokens: null }], [{ max_completion_tokens: -1, max_tokens: 5 }]])(
    'leaves the length to the model where %j names none',
    async (body) => {
      const asked = recorded()
      expect((await bench.chat(body)).status).toBe(200)
      expect(asked[0]).toMatchObject({ maxTokens: mostUnnamedTokens, mayShorten: true })
    },
  )

  it('lets a session ask in the pool that has the model', async () => {
    bench.options.authenticate = () => Promise.resolve(ok({ ...keyPrincipal, keyId: null, poolId: null }))
    const asked: PromptRequest[] = []
    bench.options.ask = (request) => {
      asked.push(request)
      return answering({ type: 'end', reason: 'stop', usage: { promptTokens: 1, completionTokens: 0 } })(request)
    }
    expect((await bench.chat()).status).toBe(200)
    expect(asked[0]).toMatchObject({ poolId: testPoolId, consumer: { keyId: null } })
  })

  it('refuses a model that the key may not use, before anybody is asked', async () => {
    bench.options.authenticate = () => Promise.resolve(ok({ ...keyPrincipal, allowedModels: ['other'] }))
    expect(await bench.chat()).toMatchObject({
      status: 403,
      json: { error: { code: 'model_not_allowed', param: 'model' } },
    })
    expect(bench.hub.prompts).toEqual([])
  })
})

describe('failures of an answer', () => {
  it.each([true, false])('are plain JSON with a status before the first text (stream: %s)', async (stream) => {
    bench.options.ask = answering({ type: 'failed', error: kithError('no_model', { model: 'away' }), usage: null })
    expect(await bench.chat({ model: 'away', stream })).toMatchObject({
      status: 503,
      headers: { 'x-should-retry': 'true', 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
      json: { error: { code: 'no_capacity', kith: { code: 'no_model' } } },
    })
  })

  it('that a prompt is too long are a 400 with both numbers', async () => {
    const error = kithError('context_too_long', { limit: 2_048, tokens: 2_900 })
    bench.options.ask = answering({ type: 'failed', error, usage: null })
    expect(await bench.chat()).toMatchObject({
      status: 400,
      headers: { 'x-should-retry': 'false' },
      json: {
        error: {
          code: 'context_length_exceeded',
          message: expect.stringMatching(/2048.*2900/),
          kith: { details: { limit: 2_048, tokens: 2_900 } },
        },
      },
    })
  })

  it('that an engine refuses a request are a 400 in its words', async () => {
    const error = kithError('engine_refused', { engine: 'Ollama', reason: 'it cannot chat' })
    bench.options.ask = answering({ type: 'failed', error, usage: null })
    await expect(bench.client({ maxRetries: 2 }).chat.completions.create(question)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('it cannot chat'),
    })
  })

  it('come as one data chunk afterwards, and the official client raises them', async () => {
    bench.options.ask = answering(
      { type: 'text', text: 'half', tokens: 1 },
      { type: 'failed', error: kithError('machine_lost', { machine: 'desk' }), usage: null },
    )
    const raw = dataOf((await bench.chat({ stream: true })).text)
    expect(JSON.parse(raw.at(-1) ?? '')).toMatchObject({
      error: { code: 'upstream_error', kith: { code: 'machine_lost' } },
    })
    expect(raw).not.toContain('[DONE]')
    const stream = await bench.client().chat.completions.create({ ...question, stream: true })
    await expect(async () => {
      for await (const _chunk of stream) continue
    }).rejects.toThrow(OpenAI.APIError)
  })

  it('of a plain call are a status, though text had come', async () => {
    bench.options.ask = answering(
      { type: 'accepted', deviceId: '1'.repeat(64) as DeviceId, machineName: 'desk', place: 0 },
      { type: 'text', text: 'half', tokens: 1 },
      { type: 'failed', error: kithError('token_timeout', { machine: 'desk' }), usage: null },
    )
    expect(await bench.chat()).toMatchObject({
      status: 504,
      headers: { 'x-kith-machine': 'desk' },
      json: { error: { code: 'upstream_timeout' } },
    })
  })

  it('that are bugs are told without their cause, before and after the status is out', async () => {
    bench.options.ask = async function* () {
      throw new Error('secret detail')
    }
    const before = await bench.chat({ stream: true })
    expect(before).toMatchObject({ status: 500, json: { error: { code: 'internal_error' } } })
    bench.options.ask = async function* () {
      yield { type: 'text', text: 'half', tokens: 1 }
      throw new Error('secret detail')
    }
    const after = await bench.chat({ stream: true })
    expect(dataOf(after.text).at(-1)).toContain('internal_error')
    expect(before.text + after.text).not.toContain('secret detail')
  })

  it('keep the official client from trying a spent quota again, and let it wait for the next minute', async () => {
    let asked = 0
    const refusing = (name: string) => (request: PromptRequest) => {
      asked += 1
      const resetsAt = new Date(Date.now() + 900).toISOString()
      const error = kithError('limit_reached', { name, limit: 3, left: 0, needed: 1, resetsAt })
      return answering({ type: 'failed', error, usage: null })(request)
    }
    const client = bench.client({ maxRetries: 1 })
    bench.options.ask = refusing('tokensPerDay')
    await expect(client.chat.completions.create(question)).rejects.toMatchObject({
      status: 429,
      code: 'insufficient_quota',
    })
    expect(asked).toBe(1)
    bench.options.ask = refusing('requestsPerMinute')
    const second = client.chat.completions.create(question)
    await expect(second).rejects.toMatchObject({ status: 429, type: 'rate_limit_error' })
    await expect(second).rejects.toBeInstanceOf(OpenAI.RateLimitError)
    expect(asked).toBe(3)
  })
})
