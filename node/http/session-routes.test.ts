import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kithError } from '../contract/errors.ts'
import type { SessionId } from '../contract/ids.ts'
import { ok } from '../contract/result.ts'
import { ApiBench, plainKey } from './testing/api-bench.ts'

let bench: ApiBench
beforeEach(async () => {
  bench = await ApiBench.open()
})
afterEach(() => bench.close())

describe('sessions', () => {
  const session = { token: 'a.b.c', expiresAtMs: 5_000, sessionId: '00000000-0000-4000-8000-000000000001' as SessionId }
  const called: [string, unknown][] = []
  beforeEach(() => {
    called.length = 0
    bench.options.call = ((name: string, input: unknown) => {
      called.push([name, input])
      const answers: Record<string, unknown> = {
        'session.close': undefined,
      }
      return Promise.resolve(ok(name in answers ? answers[name] : session))
    }) as typeof bench.options.call
  })

  it('are opened, renewed and closed by the calls of the contract', async () => {
    const body = JSON.stringify({ username: 'ada', password: 'long enough' })
    const headers = { authorization: 'Bearer a.b.c' }
    expect(await bench.send('POST', '/v1/sessions', { body, headers: { authorization: '' } })).toMatchObject({
      status: 201,
      json: { object: 'session', token: 'a.b.c', expires_at: 5 },
    })
    expect((await bench.send('POST', '/v1/sessions/renew', { headers })).json).toMatchObject({ token: 'a.b.c' })
    expect((await bench.send('DELETE', '/v1/sessions', { headers })).status).toBe(204)
    expect(called).toEqual([
      ['session.open', { username: 'ada', password: 'long enough', kind: 'http' }],
      ['session.renew', { token: 'a.b.c' }],
      ['session.close', { token: 'a.b.c' }],
    ])
  })

  it('are refused as the calls refuse, and never repeat a password', async () => {
    const refusals = [kithError('password_wrong'), kithError('slow_down', { seconds: 7 })]
    bench.options.call = () => Promise.resolve({ ok: false, error: refusals.shift() ?? kithError('internal') })
    const body = JSON.stringify({ username: 'ada', password: 'hunter2' })
    const wrong = await bench.send('POST', '/v1/sessions', { body })
    expect(wrong).toMatchObject({ status: 401, json: { error: { code: 'invalid_credentials' } } })
    const slow = await bench.send('POST', '/v1/sessions', { body })
    expect(slow).toMatchObject({ status: 429, headers: { 'retry-after': '7' } })
    const broken = await bench.send('POST', '/v1/sessions', { body: JSON.stringify({ password: ['hunter2'] }) })
    expect(broken.status).toBe(400)
    expect(wrong.text + slow.text + broken.text).not.toContain('hunter2')
    expect(wrong.text).not.toContain(plainKey)
  })
})
