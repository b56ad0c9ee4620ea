import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from '../contract/api.ts'
import { longestWaitMs } from '../accounts/password-line.ts'
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
    const open = (given: string, username = 'programs', kind: 'http' | 'command' = 'http') =>
      peer.peer.call('session.open', { username, password: given, kind })
    // Over HTTP nobody is signed in.
    expect(codeOf(await open(password))).toBe('not_signed_in')
    expect(codeOf(await open('not the right one', 'programs', 'command'))).toBe('password_wrong')
    const first = valueOf(await open(password, 'programs', 'command'))
    expect((await peer.state()).account.current?.sessions).toMatchObject([
      { kind: 'command', sessionId: first.sessionId },
    ])
    expect(codeOf(await open('not the right one', 'programs', 'command'))).toBe('password_wrong')
    expect(codeOf(await open(password, 'somebody-else', 'command'))).toBe('already_signed_in')
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

  it('slow down whoever guesses a password in the window or with a command, whichever call they try', async () => {
    const peer = await start('guessed')
    await peer.signUp()
    const wrong = 'not the right one'
    const open = (given: string) =>
      peer.peer.call('session.open', { username: 'guessed', password: given, kind: 'command' })
    expect(codeOf(await open(wrong))).toBe('password_wrong')
    expect(codeOf(await peer.peer.call('account.changePassword', { password: wrong, newPassword: password }))).toBe(
      'password_wrong',
    )
    expect(codeOf(await peer.peer.call('account.startLinking', { password: wrong }))).toBe('password_wrong')
    expect(codeOf(await open(password))).toBe('slow_down')
    expect(codeOf(await peer.peer.call('account.changePassword', { password, newPassword: password }))).toBe(
      'slow_down',
    )
  })

  it(
    'slow down programs that guess, and neither the owner nor who knows the password',
    { timeout: 60_000 },
    async () => {
      const peer = await start('owner')
      await peer.signUp()
      const open = (given: string, username = 'owner') =>
        peer.peer.call('session.open', { username, password: given, kind: 'http' })
      const refusals = await Promise.all(Array.from({ length: 60 }, (_, index) => open(`guess ${index}`)))
      const codes = refusals.map(codeOf)
      expect(codes.filter((code) => code === 'credentials_wrong')).toHaveLength(8)
      expect(codes.filter((code) => code === 'slow_down')).toHaveLength(52)
      // The window and commands count for themselves.
      expect(codeOf(await peer.peer.call('account.recoveryPhrase', { password }))).toBe('ok')
      const guessing = [open('still guessing'), open('and again'), open(password, 'somebody-else')]
      const beganMs = performance.now()
      expect(codeOf(await open(password))).toBe('ok')
      expect(performance.now() - beganMs).toBeLessThan(longestWaitMs)
      expect((await Promise.all(guessing)).map(codeOf)).toEqual(Array(3).fill('credentials_wrong'))
      expect(codeOf(await peer.peer.call('account.recoveryPhrase', { password }))).toBe('ok')
    },
  )

  it('say the same, after the same work, of a name that is not here and of a wrong password', async () => {
    const peer = await start('alike')
    await peer.signUp()
    const timed = async (username: string, given: string): Promise<{ result: unknown; ms: number }> => {
      const beganMs = performance.now()
      const result = await peer.peer.call('session.open', { username, password: given, kind: 'http' })
      return { result, ms: performance.now() - beganMs }
    }
    const known = await timed('alike', 'a wrong password')
    const unknown = await timed('nobody-at-all', 'a wrong password')
    const other = await timed('nobody-at-all', password)
    expect(unknown.result).toEqual(known.result)
    expect(other.result).toEqual(known.result)
    for (const { ms } of [unknown, other]) expect(ms).toBeGreaterThan(known.ms / 4)
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
