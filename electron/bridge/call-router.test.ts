import { describe, expect, it, vi } from 'vitest'
import type { HostHandlers } from '../../node/contract/api.ts'
import { maxCallBytes } from '../../node/contract/contract.ts'
import { ok } from '../../node/contract/result.ts'
import { createLog } from '../../node/base/log.ts'
import { createCallRouter } from './call-router.ts'

function makeRouter() {
  const dispatch = vi.fn((_name: string, _input: unknown, _caller: unknown) => Promise.resolve(ok<unknown>('peer')))
  const copied: string[] = []
  const host: HostHandlers = {
    'host.pickModelFile': () => Promise.resolve(ok({ path: null })),
    'host.saveText': () => Promise.resolve(ok({ path: null })),
    'host.openText': () => Promise.resolve(ok({ text: null })),
    'host.openLink': () => Promise.resolve(ok()),
    'host.copyText': ({ text }) => {
      copied.push(text)
      return Promise.resolve(ok())
    },
    'host.startDemo': () => Promise.reject(new Error('secret detail')),
    'host.takeInviteLink': () => Promise.resolve(ok({ link: null })),
    'host.status': () => Promise.resolve(ok({ runtime: '', keychain: 'available', peer: 'running', error: null })),
    'host.retryPeer': () => Promise.resolve(ok()),
  }
  return {
    route: createCallRouter({
      host,
      peer: { dispatch },
      caller: { kind: 'window' },
      log: createLog({ level: 'silent' }),
    }),
    dispatch,
    copied,
  }
}

describe('calls of a window', () => {
  it('go to the host or to the peer by name', async () => {
    const { route, dispatch, copied } = makeRouter()
    expect(await route('host.copyText', { text: 'a' })).toEqual({ ok: true, value: undefined })
    expect(copied).toEqual(['a'])
    expect(await route('chat.stop', { chatId: 'x' })).toEqual({ ok: true, value: 'peer' })
    expect(dispatch).toHaveBeenCalledWith('chat.stop', { chatId: 'x' }, { kind: 'window' })
  })

  it.each([
    [undefined, {}, 'bad_request'],
    ['no.such.call', {}, 'unknown_call'],
    ['__proto__', {}, 'unknown_call'],
    ['constructor', {}, 'unknown_call'],
    ['host.copyText', { text: 1 }, 'bad_request'],
    ['host.copyText', undefined, 'bad_request'],
    ['host.takeInviteLink', { extra: 1 }, 'bad_request'],
    ['chat.stop', { big: 1n }, 'bad_request'],
    ['chat.ask', { text: 'x'.repeat(maxCallBytes) }, 'too_large'],
  ])('that do not fit are refused: %s', async (name, input, code) => {
    const { route, dispatch } = makeRouter()
    expect(await route(name, input)).toMatchObject({ ok: false, error: { code } })
    expect(dispatch).not.toHaveBeenCalled()
  })

  it('answer a failure without its inner text when a handler throws', async () => {
    const { route } = makeRouter()
    const result = await route('host.startDemo', {})
    expect(result).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(result)).not.toContain('secret detail')
  })
})
