import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import OpenAI from 'openai'
import { tinySentence } from '../../resources/scripts/real/tiny-gguf.mjs'
import type { KeyChoice } from '../contract/keys.ts'
import { httpSessionSchema, httpUsageSchema, type HttpUsage } from '../http/schemas.ts'
import type { PoolId } from '../contract/ids.ts'
import { takenPort } from '../http/testing/api-bench.ts'
import { PeerBench } from './testing/peer-bench.ts'
import { type TestPeer, testPassword, valueOf } from './testing/test-peer.ts'

const choice: KeyChoice = {
  name: 'Editor',
  scopes: ['inference'],
  allowedModels: null,
  limits: {},
  limitMode: 'enforced',
  timeZone: 'Europe/Vienna',
  expiresAtMs: null,
}

describe('programs on a computer of a pool', () => {
  let bench: PeerBench
  let giver: TestPeer
  let asker: TestPeer
  let poolId: PoolId
  let model: string

  beforeAll(async () => {
    bench = await PeerBench.open()
    ;({ giver, asker, poolId, model } = await bench.pair())
  })
  afterAll(() => bench.close())

  const baseUrl = async (peer: TestPeer): Promise<string> =>
    (await peer.until(({ api }) => api.state === 'running', 'the local API')).api.url ?? ''
  const clientOf = async (peer: TestPeer, apiKey: string): Promise<OpenAI> =>
    new OpenAI({ baseURL: await baseUrl(peer), apiKey, maxRetries: 0 })
  const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })
  const question = () => ({ model, messages: [{ role: 'user' as const, content: 'Say something.' }], temperature: 0 })

  it('ask with a key and are answered by the computer of somebody else', async () => {
    const { plainKey } = valueOf(await asker.peer.call('key.create', { ...choice, poolId }))
    const client = await clientOf(asker, plainKey)
    expect((await client.models.list()).data.map(({ id }) => id)).toContain(model)
    const { data, response } = await client.chat.completions.create(question()).withResponse()
    expect(data.choices[0]?.message.content).toContain(tinySentence)
    expect(data.usage?.completion_tokens).toBeGreaterThan(5)
    const { settings } = await giver.state()
    expect(decodeURIComponent(response.headers.get('x-kith-machine') ?? '')).toBe(settings.deviceName)
    const stream = await client.chat.completions.create({ ...question(), stream: true })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe(data.choices[0]?.message.content)
  })

  it('are refused with a key that is mistyped, not allowed here, or revoked', async () => {
    const { plainKey, key } = valueOf(await asker.peer.call('key.create', { ...choice, poolId }))
    const refusal = async (peer: TestPeer, apiKey: string): Promise<unknown> => {
      const client = await clientOf(peer, apiKey)
      return client.models.list().then(
        () => null,
        (cause: unknown) => cause,
      )
    }
    const typo = plainKey.slice(0, -1) + (plainKey.endsWith('0') ? '1' : '0')
    expect(await refusal(asker, typo)).toMatchObject({ status: 401, error: { kith: { code: 'key_mistyped' } } })
    expect(await refusal(asker, 'sk-openai')).toMatchObject({ status: 401, error: { kith: { code: 'key_malformed' } } })
    expect(await refusal(giver, plainKey)).toMatchObject({ status: 403, code: 'key_not_here' })
    valueOf(await asker.peer.call('key.revoke', { keyId: key.keyId }))
    expect(await refusal(asker, plainKey)).toMatchObject({ status: 401, error: { kith: { code: 'key_revoked' } } })
  })

  it('see and ask the models that their key allows, and no others', async () => {
    const { plainKey } = valueOf(await asker.peer.call('key.create', { ...choice, poolId, allowedModels: ['other'] }))
    const client = await clientOf(asker, plainKey)
    expect((await client.models.list()).data).toEqual([])
    await expect(client.chat.completions.create(question())).rejects.toMatchObject({
      status: 403,
      code: 'model_not_allowed',
    })
  })

  it('read what their key has used, as the receipts say', async () => {
    const { plainKey, key } = valueOf(await asker.peer.call('key.create', { ...choice, poolId }))
    const client = await clientOf(asker, plainKey)
    const answers = [await client.chat.completions.create(question()), await client.chat.completions.create(question())]
    const tokens = answers.reduce((sum, { usage }) => sum + (usage?.total_tokens ?? 0), 0)
    const read = async (): Promise<HttpUsage> =>
      httpUsageSchema.parse(await (await fetch(`${client.baseURL}/usage`, bearer(plainKey))).json())
    await expect.poll(async () => (await read()).today.requests, { timeout: 5_000 }).toBe(2)
    expect(await read()).toMatchObject({
      key_id: key.keyId,
      pool_id: poolId,
      today: { requests: 2, failures: 0, total_tokens: tokens },
      this_month: { requests: 2, total_tokens: tokens },
    })
  })

  it('are held to the limits of their key, and told what is left', async () => {
    const limits = { requestsPerMonth: 3, tokensPerMonth: 1_000_000 }
    const { plainKey, key } = valueOf(await asker.peer.call('key.create', { ...choice, poolId, limits }))
    const client = await clientOf(asker, plainKey)
    const left: (string | null)[] = []
    for (let count = 0; count < 3; count++) {
      const { data, response } = await client.chat.completions
        .create({ ...question(), stream: true, max_completion_tokens: 50 })
        .withResponse()
      for await (const _chunk of data) continue
      left.push(response.headers.get('x-ratelimit-remaining-requests'))
      expect(response.headers.get('x-ratelimit-limit-requests')).toBe('3')
      expect(response.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+h)?(\d+m)?\d+m?s$/)
    }
    expect(left).toEqual(['2', '1', '0'])
    const refused: unknown = await client.chat.completions.create(question()).catch((cause: unknown) => cause)
    expect(refused).toBeInstanceOf(OpenAI.RateLimitError)
    expect(refused).toMatchObject({
      status: 429,
      code: 'insufficient_quota',
      error: { kith: { code: 'limit_reached', details: { limit: 3, left: 0 } } },
    })
    const headers = refused instanceof OpenAI.RateLimitError ? refused.headers : new Headers()
    expect(headers.get('x-should-retry')).toBe('false')
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(Number(headers.get('x-ratelimit-remaining-tokens'))).toBeLessThan(1_000_000)
    const usage = httpUsageSchema.parse(await (await fetch(`${client.baseURL}/usage`, bearer(plainKey))).json())
    expect(usage.limits).toContainEqual(
      expect.objectContaining({ name: 'requestsPerMonth', limit: 3, used: 3, left: 0 }),
    )
    const shown = (await asker.state()).keys.find(({ keyId }) => keyId === key.keyId)
    expect(shown?.limitStates).toContainEqual(expect.objectContaining({ name: 'requestsPerMonth', left: 0 }))
  })

  it('are told to wait where a minute is spent', async () => {
    const perMinute = valueOf(
      await asker.peer.call('key.create', { ...choice, poolId, limits: { requestsPerMinute: 1 } }),
    )
    const client = await clientOf(asker, perMinute.plainKey)
    const both = await Promise.allSettled([1, 2, 3].map(() => client.chat.completions.create(question())))
    const reasons: unknown[] = both.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
    // Two at the most pass, where a minute ends in between.
    expect(reasons.length).toBeGreaterThanOrEqual(1)
    for (const reason of reasons) {
      expect(reason).toMatchObject({ status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' })
      const waitSeconds = reason instanceof OpenAI.RateLimitError ? Number(reason.headers.get('retry-after')) : 0
      expect(waitSeconds).toBeGreaterThanOrEqual(1)
      expect(waitSeconds).toBeLessThanOrEqual(60)
    }
  })

  it('log in with name and password, and ask as the account itself until they log out', async () => {
    const url = await baseUrl(asker)
    const send = (path: string, method: string, body?: object, token?: string): Promise<Response> =>
      fetch(`${url}${path}`, {
        method,
        headers: {
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    const wrong = await send('/sessions', 'POST', { username: 'asker', password: 'not the password' })
    expect([wrong.status, wrong.headers.get('x-should-retry')]).toEqual([401, 'false'])
    const opened = await send('/sessions', 'POST', { username: 'asker', password: testPassword })
    expect(opened.status).toBe(201)
    const first = httpSessionSchema.parse(await opened.json())
    const { token } = httpSessionSchema.parse(
      await (await send('/sessions/renew', 'POST', undefined, first.token)).json(),
    )
    // Renewing ends the token before.
    expect((await send('/models', 'GET', undefined, first.token)).status).toBe(401)
    const client = await clientOf(asker, token)
    expect((await client.chat.completions.create(question())).choices[0]?.message.content).toContain(tinySentence)
    expect((await asker.state()).account.current?.sessions.map(({ kind }) => kind)).toContain('http')
    expect((await send('/sessions', 'DELETE', undefined, token)).status).toBe(204)
    expect(await (await send('/models', 'GET', undefined, token)).json()).toMatchObject({
      error: { kith: { code: 'session_invalid' } },
    })
  })

  it('find the address where the settings put it, or nowhere', async () => {
    const { port, free } = await takenPort()
    valueOf(await asker.peer.call('settings.update', { apiPort: port }))
    expect((await asker.state()).api).toMatchObject({ state: 'failed', url: null, error: { code: 'port_taken' } })
    await free()
    valueOf(await asker.peer.call('settings.update', { apiPort: port }))
    expect((await asker.state()).api.url).toBe(`http://127.0.0.1:${port}/v1`)
    valueOf(await asker.peer.call('settings.update', { isApiEnabled: false }))
    expect((await asker.state()).api).toEqual({ state: 'off', url: null, error: null })
    valueOf(await asker.peer.call('settings.update', { isApiEnabled: true, apiPort: null }))
    expect((await fetch((await baseUrl(asker)).replace('/v1', '/healthz'))).status).toBe(200)
  })

  it('find nobody once the account is logged out, and the address again after signing in', async () => {
    const url = await baseUrl(asker)
    valueOf(await asker.peer.call('account.logOut', {}))
    expect((await asker.state()).api.state).toBe('off')
    await expect(fetch(`${url}/models`)).rejects.toThrow()
    await asker.unlock()
    expect((await fetch(`${await baseUrl(asker)}/models`)).status).toBe(401)
  })
})
