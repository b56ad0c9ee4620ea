import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kithError } from '../contract/errors.ts'
import { fail, ok } from '../contract/result.ts'
import type { KeyId } from '../contract/ids.ts'
import type { ApiKey } from '../contract/keys.ts'
import type { LimitState } from '../contract/limits.ts'
import { limitOfRefusal, timeSpan } from './limit-view.ts'
import { FakePeer } from './testing/fake-peer.ts'
import { deviceA, familyPool, fakePool, fakeState } from './testing/fake-state.ts'
import { TestInstall } from './testing/run.ts'

const keyId = '0123456789abcdef' as KeyId
const perMinute: LimitState = {
  name: 'requestsPerMinute',
  limit: 3,
  used: 2,
  left: 1,
  resetsAtMs: Date.now() + 3_600_000,
  wouldRefuse: 0,
}
const key: ApiKey = {
  keyId,
  poolId: familyPool,
  name: 'Editor',
  masked: 'sk-kith-…wxyz',
  state: 'enabled',
  scopes: ['inference'],
  allowedModels: null,
  limits: { requestsPerMinute: 3 },
  limitMode: 'enforced',
  timeZone: 'UTC',
  createdAtMs: 1_000,
  lastUsedAtMs: null,
  expiresAtMs: null,
  overlapUntilMs: null,
  homeDeviceId: deviceA,
  isHomeHere: true,
  limitStates: [perMinute],
}

let peer = new FakePeer()
let install = new TestInstall(peer)
beforeEach(() => {
  peer = new FakePeer(
    {},
    fakeState({ keys: [key, { ...key, keyId: 'f'.repeat(16) as KeyId, name: 'Old', state: 'revoked' }] }),
  )
  install = new TestInstall(peer)
})
afterEach(() => install.remove())

const inputsOf = (name: string): unknown[] => peer.called.filter((one) => one.name === name).map(({ input }) => input)

describe('kith keys', () => {
  it('prints a new key alone on standard output, once', async () => {
    peer.handlers = { 'key.create': () => Promise.resolve(ok({ key, plainKey: 'sk-kith-secret' })) }
    const run = await install.run([
      ...['keys', 'create', 'Editor', '--models', 'a,b', '--scope', 'inference,metrics', '--time-zone', 'UTC'],
      ...['--limit', 'requests-per-minute=3', '--limit', 'tokens-per-day=100'],
    ])
    expect(run).toMatchObject({ code: 0, out: 'sk-kith-secret\n' })
    expect(run.err).not.toContain('sk-kith-secret')
    expect(inputsOf('key.create')).toEqual([
      {
        poolId: familyPool,
        name: 'Editor',
        scopes: ['inference', 'metrics'],
        allowedModels: ['a', 'b'],
        limits: { requestsPerMinute: 3, tokensPerDay: 100 },
        limitMode: 'enforced',
        timeZone: 'UTC',
        expiresAtMs: null,
      },
    ])
    expect((await install.run(['keys', 'create', 'x', '--scope', 'everything'])).code).toBe(2)
    expect((await install.run(['keys', 'create', 'x', '--expires', 'never'])).code).toBe(2)
  })

  it('lists those that stand, and all where that is asked', async () => {
    expect((await install.run(['keys', 'list'])).out).toMatch(
      /^Editor +012345 +sk-kith-…wxyz +enabled +Family +never used\n$/,
    )
    expect((await install.run(['keys', 'list', '--all', '--json'])).lines).toMatchObject([
      { type: 'key', name: 'Editor' },
      { type: 'key', name: 'Old', state: 'revoked' },
    ])
    peer.state = fakeState()
    expect((await install.run(['keys', 'list'])).out).toContain('kith keys create')
  })

  it('shows one with its limits', async () => {
    const { out } = await install.run(['keys', 'show', 'editor'])
    expect(out).toMatch(/State +enabled/)
    expect(out).toMatch(/requests a minute +1 of 3 left +resets in 1 h|59 min/)
    expect((await install.run(['keys', 'show', 'ghost', '--json'])).lines).toMatchObject([
      { error: { code: 'key_unknown' } },
    ])
  })

  it('renames, switches, rotates and revokes', async () => {
    peer.handlers = { 'key.rotate': () => Promise.resolve(ok({ plainKey: 'sk-kith-new' })) }
    expect((await install.run(['keys', 'rename', 'Editor', 'Vim'])).out).toContain('"Vim"')
    expect((await install.run(['keys', 'disable', 'Editor'])).code).toBe(0)
    expect((await install.run(['keys', 'enable', '012345'])).code).toBe(0)
    expect((await install.run(['keys', 'rotate', 'Editor', '--overlap', '1h'])).out).toBe('sk-kith-new\n')
    expect((await install.run(['keys', 'rotate', 'Editor', '--json'])).lines).toEqual([
      { type: 'key-rotated', keyId, plainKey: 'sk-kith-new' },
    ])
    expect((await install.run(['keys', 'revoke', 'Editor', '--json'])).lines).toEqual([{ type: 'key-revoked', keyId }])
    expect(inputsOf('key.update')).toEqual([{ keyId, change: { name: 'Vim' } }])
    expect(inputsOf('key.setEnabled')).toEqual([
      { keyId, isEnabled: false },
      { keyId, isEnabled: true },
    ])
    expect(inputsOf('key.rotate')).toEqual([
      { keyId, overlapMs: 3_600_000 },
      { keyId, overlapMs: 0 },
    ])
    expect(inputsOf('key.revoke')).toEqual([{ keyId }])
  })

  it('shows and changes the limits of one', async () => {
    expect((await install.run(['keys', 'limits', 'Editor'])).out).toMatch(/requests a minute +1 of 3 left/)
    const change = ['--limit', 'tokens-per-day=9', '--without', 'requests-per-minute', '--shadow']
    expect((await install.run(['keys', 'limits', 'Editor', ...change])).code).toBe(0)
    expect(inputsOf('key.update')).toEqual([
      { keyId, change: { limits: { tokensPerDay: 9 }, limitMode: 'shadow', timeZone: 'UTC' } },
    ])
  })

  it('needs to know which of two pools a key is for', async () => {
    peer.state = fakeState({ pools: [fakePool(), fakePool({ poolId: 'f'.repeat(64) as never, name: 'Work' })] })
    expect((await install.run(['keys', 'create', 'x', '--json'])).lines).toMatchObject([
      { error: { code: 'choice_needed' } },
    ])
  })
})

describe('kith limits', () => {
  it('shows plans and keys, what is left and when it resets', async () => {
    const tokens: LimitState = { ...perMinute, name: 'tokensPerMonth', limit: 100, left: 0, wouldRefuse: 2 }
    peer.state = fakeState({ keys: [key], pools: [fakePool({ limitStates: [tokens] })] })
    const { out } = await install.run(['limits'])
    expect(out).toMatch(/Your plan in "Family"\n +tokens a month +0 of 100 left +resets in .* would have refused 2\n/)
    expect(out).toMatch(/Key "Editor"\n +requests a minute +1 of 3 left/)
    expect((await install.run(['limits', '--json'])).lines).toMatchObject([
      { type: 'plan-limits', limits: [{ name: 'tokensPerMonth', left: 0 }] },
      { type: 'key-limits', keyId, limits: [{ name: 'requestsPerMinute', left: 1 }] },
    ])
  })

  it.each([
    [400, '1 s'],
    [41_000, '41 s'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [100_000_000, '1 d 3 h'],
  ])('says %i ms as %s', (ms, text) => {
    expect(timeSpan(ms)).toBe(text)
  })
})

describe('a refused call', () => {
  const error = kithError('limit_reached', {
    name: 'tokens a day',
    limit: 1_000,
    left: 12,
    needed: 90,
    resetsAt: '2026-11-26T00:00:00.000Z',
  })

  it('says the limit, what is left and when it resets', async () => {
    expect(limitOfRefusal(error, Date.parse('2026-11-25T22:59:00Z'))).toMatch(
      /^Limit: 1000 tokens a day, 12 left, resets in 1 h 1 min \(.*00:00\)$/,
    )
    expect(limitOfRefusal(kithError('queue_full'), 0)).toBeNull()
    peer.handlers = { 'chat.ask': () => Promise.resolve(fail('limit_reached', error.details)) }
    const run = await install.run(['chat', 'Hello'])
    expect(run).toMatchObject({
      code: 1,
      err: expect.stringContaining('Limit: 1000 tokens a day, 12 left, resets'),
    })
    const json = await install.run(['chat', 'Hello', '--json'])
    expect(json.lines.at(-1)).toMatchObject({ type: 'error', error: { code: 'limit_reached', details: { left: 12 } } })
  })
})
