import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from '../contract/api.ts'
import { PeerBench } from './testing/peer-bench.ts'
import { testPassword, valueOf, type TestPeer } from './testing/test-peer.ts'

const password = testPassword

describe('sessions of this install', () => {
  let bench: PeerBench
  beforeAll(async () => {
    bench = await PeerBench.open()
  })
  afterAll(() => bench.close())

  const start = (username: string, directory?: string): Promise<TestPeer> =>
    bench.start(username, directory === undefined ? {} : { directory })

  const codeOf = (result: { ok: boolean; error?: { code: string } }): string =>
    result.ok ? 'ok' : (result.error?.code ?? '')
  const kinds = async (peer: TestPeer): Promise<string[]> =>
    ((await peer.state()).account.current?.sessions ?? []).map(({ kind }) => kind).sort()

  it('are opened with the password, signing in where nobody is, and end with a log out', async () => {
    const peer = await start('programs')
    await peer.signUp()
    valueOf(await peer.peer.call('account.logOut', {}))
    const open = (given: string, username = 'programs') =>
      peer.peer.call('session.open', { username, password: given, kind: 'http' })
    expect(codeOf(await open('not the right one'))).toBe('password_wrong')
    const first = valueOf(await open(password))
    expect((await peer.state()).account.current?.sessions).toMatchObject([{ kind: 'http', sessionId: first.sessionId }])
    expect(codeOf(await open('not the right one'))).toBe('password_wrong')
    expect(codeOf(await open(password, 'somebody-else'))).toBe('already_signed_in')
    const second = valueOf(await open(password, ' PROGRAMS '))
    const renewed = valueOf(await peer.peer.call('session.renew', { token: second.token }))
    expect(codeOf(await peer.peer.call('session.renew', { token: second.token }))).toBe('session_invalid')
    valueOf(await peer.peer.call('session.close', { token: renewed.token }))
    valueOf(await peer.peer.call('session.end', { sessionId: first.sessionId }))
    expect(codeOf(await peer.peer.call('session.end', { sessionId: first.sessionId }))).toBe('session_invalid')
    expect(await kinds(peer)).toEqual([])
    const third = valueOf(await open(password))
    valueOf(await peer.peer.call('account.logOut', {}))
    await peer.unlock()
    expect(codeOf(await peer.peer.call('session.renew', { token: third.token }))).toBe('session_invalid')
  })

  it('slow down whoever guesses a password, wherever they try', async () => {
    const peer = await start('guessed')
    await peer.signUp()
    const wrong = 'not the right one'
    expect(codeOf(await peer.peer.call('session.open', { username: 'guessed', password: wrong, kind: 'http' }))).toBe(
      'password_wrong',
    )
    expect(codeOf(await peer.peer.call('account.changePassword', { password: wrong, newPassword: password }))).toBe(
      'password_wrong',
    )
    expect(codeOf(await peer.peer.call('account.startLinking', { password: wrong }))).toBe('password_wrong')
    expect(codeOf(await peer.peer.call('session.open', { username: 'guessed', password, kind: 'http' }))).toBe(
      'slow_down',
    )
    expect(codeOf(await peer.peer.call('account.changePassword', { password, newPassword: password }))).toBe(
      'slow_down',
    )
  })

  it('are held for the window and for commands, without a token, as long as those are there', async () => {
    const peer = await start('window')
    await peer.signUp()
    valueOf(await peer.peer.call('account.logOut', {}))
    const window: Caller = { kind: 'window' }
    const leaving = new AbortController()
    const command: Caller = { kind: 'command', signal: leaving.signal }
    const unlock = { username: 'window', password }
    expect(codeOf(await peer.peer.dispatch('account.unlock', unlock, command))).toBe('ok')
    expect(await kinds(peer)).toEqual(['command'])
    leaving.abort()
    expect(await kinds(peer)).toEqual([])
    valueOf(await peer.peer.call('account.logOut', {}))
    expect(codeOf(await peer.peer.dispatch('account.unlock', unlock, window))).toBe('ok')
    expect(await kinds(peer)).toEqual(['window'])

    // Ended from elsewhere, the window may look and log out; the password lets it back in.
    const [session] = (await peer.state()).account.current?.sessions ?? []
    if (!session) throw new Error('The window has a session')
    valueOf(await peer.peer.call('session.end', { sessionId: session.sessionId }))
    expect(codeOf(await peer.peer.dispatch('sharing.set', { isEnabled: true }, window))).toBe('session_invalid')
    expect(codeOf(await peer.peer.dispatch('state.snapshot', {}, window))).toBe('ok')
    const wrong = { username: 'window', password: 'not the right one' }
    expect(codeOf(await peer.peer.dispatch('account.unlock', wrong, window))).toBe('password_wrong')
    expect(codeOf(await peer.peer.dispatch('account.unlock', unlock, window))).toBe('ok')
    expect(codeOf(await peer.peer.dispatch('sharing.set', { isEnabled: true }, window))).toBe('ok')
  })

  it('are given to whoever comes while somebody is signed in, and not again once they were ended', async () => {
    const peer = await start('joined')
    await peer.signUp()
    const window: Caller = { kind: 'window' }
    expect(codeOf(await peer.peer.dispatch('account.unlock', { username: 'joined', password }, window))).toBe(
      'already_signed_in',
    )
    expect(await kinds(peer)).toEqual([])
    expect(codeOf(await peer.peer.dispatch('state.snapshot', {}, window))).toBe('ok')
    const leaving = new AbortController()
    const command: Caller = { kind: 'command', signal: leaving.signal }
    expect(codeOf(await peer.peer.dispatch('state.snapshot', {}, command))).toBe('ok')
    expect(await kinds(peer)).toEqual(['command', 'window'])
    leaving.abort()
    const [session] = (await peer.state()).account.current?.sessions ?? []
    valueOf(await peer.peer.call('session.end', { sessionId: session?.sessionId ?? '' }))
    expect(codeOf(await peer.peer.dispatch('sharing.set', { isEnabled: true }, window))).toBe('session_invalid')
    expect(await kinds(peer)).toEqual([])
  })

  it('all end when the password is changed, but for the one that changed it; the old password opens nothing', async () => {
    const peer = await start('changed')
    await peer.signUp()
    valueOf(await peer.peer.call('account.logOut', {}))
    const window: Caller = { kind: 'window' }
    await peer.peer.dispatch('account.unlock', { username: 'changed', password }, window)
    const { token } = valueOf(await peer.peer.call('session.open', { username: 'changed', password, kind: 'http' }))
    expect(await kinds(peer)).toEqual(['http', 'window'])
    const newPassword = 'an even longer password'
    const change = (given: string, next: string) =>
      peer.peer.dispatch('account.changePassword', { password: given, newPassword: next }, window)
    expect(codeOf(await change('not the right one', newPassword))).toBe('password_wrong')
    expect(codeOf(await change(password, 'short'))).toBe('password_too_short')
    expect(await kinds(peer)).toEqual(['http', 'window'])
    expect(codeOf(await change(password, newPassword))).toBe('ok')
    expect(await kinds(peer)).toEqual(['window'])
    expect(codeOf(await peer.peer.call('session.renew', { token }))).toBe('session_invalid')
    await peer.stop()
    const again = await start('changed', peer.directory)
    expect(codeOf(await again.peer.call('account.unlock', { username: 'changed', password }))).toBe('password_wrong')
    valueOf(await again.peer.call('account.unlock', { username: 'changed', password: newPassword }))
  })
})
