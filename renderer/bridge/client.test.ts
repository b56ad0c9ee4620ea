import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Bridge } from '../../node/contract/api.ts'
import { FakePeer } from '../testing/fake-peer/fake-peer.ts'
import { freshState } from '../testing/fake-peer/fake-state.ts'
import { createClient } from './client.ts'

function bridgeThat(invoke: Bridge['invoke']): Bridge {
  return { invoke, onEvent: () => () => undefined, pathForFile: () => '' }
}

describe('the window’s client', () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('hands on values and expected failures as they are', async () => {
    const peer = new FakePeer(freshState())
    peer.on('pool.join', () => ({ ok: false, error: { code: 'invite_expired', message: 'Expired.', details: {} } }))
    const client = createClient(peer.bridge())
    expect(await client.call('account.logOut', {})).toEqual({ ok: true, value: undefined })
    expect(await client.call('pool.join', { link: 'kith://join/x' })).toMatchObject({
      ok: false,
      error: { code: 'invite_expired' },
    })
  })

  it.each([
    ['nothing', undefined],
    ['text', 'ok'],
    ['a value of another shape', { ok: true, value: { recoveryPhrase: 12 } }],
    ['an error of no catalogue', { ok: false, error: { code: 'made_up', message: '', details: {} } }],
  ])('answers a failure when the bridge gives back %s', async (_what, reply) => {
    const client = createClient(bridgeThat(() => Promise.resolve(reply)))
    const result = await client.call('account.signUp', { username: 'mira', password: 'x' })
    expect(result).toMatchObject({ ok: false, error: { code: 'internal' } })
  })

  it('answers a failure when the bridge throws', async () => {
    const client = createClient(bridgeThat(() => Promise.reject(new Error('gone'))))
    expect(await client.call('account.logOut', {})).toMatchObject({ ok: false, error: { code: 'internal' } })
  })

  it('never waits for ever', async () => {
    vi.useFakeTimers()
    const client = createClient(bridgeThat(() => new Promise(() => undefined)))
    const result = client.call('account.logOut', {})
    await vi.advanceTimersByTimeAsync(120_000)
    expect(await result).toMatchObject({ ok: false, error: { code: 'internal' } })
  })

  it('leaves out events that do not fit the contract, and answers that come the wrong way', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    let send: (name: string, payload: unknown) => void = () => undefined
    const client = createClient({
      invoke: () => Promise.resolve(undefined),
      onEvent: (listener) => {
        send = listener
        return () => undefined
      },
      pathForFile: () => '',
    })
    const heard: unknown[] = []
    client.listen('inviteLink', (payload) => heard.push(payload))
    client.listen('chat', (payload) => heard.push(payload))
    send('inviteLink', { link: 7 })
    send('chat', { type: 'text' })
    send('toString', {})
    send('inviteLink', { link: 'kith://join/x' })
    expect(heard).toEqual([{ link: 'kith://join/x' }])
    expect(warn).toHaveBeenCalledOnce()
  })
})
