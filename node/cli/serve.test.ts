import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fail, ok } from '../contract/result.ts'
import { FakePeer } from './testing/fake-peer.ts'
import { fakeState, lockedState } from './testing/fake-state.ts'
import { TestInstall } from './testing/run.ts'

let peer = new FakePeer()
let install = new TestInstall(peer)
beforeEach(() => {
  peer = new FakePeer()
  install = new TestInstall(peer)
})
afterEach(() => install.remove())

const inputsOf = (name: string): unknown[] => peer.called.filter((one) => one.name === name).map(({ input }) => input)

describe('kith serve', () => {
  it('serves until told to stop, and can be reached meanwhile', async () => {
    const interrupt = new AbortController()
    let announce: () => void = () => undefined
    const ready = new Promise<void>((resolve) => {
      announce = resolve
    })
    const onWrite = (text: string): void => {
      if (text.includes('"serving"')) announce()
    }
    const served = install.run(['serve', '--share', '--json'], { signal: interrupt.signal, onWrite })
    await ready
    const status = await install.run(['status', '--json'])
    expect(status.lines).toMatchObject([{ type: 'status', isRunning: true }])
    interrupt.abort()
    const run = await served
    expect(run).toMatchObject({
      code: 0,
      lines: [{ type: 'serving', username: 'ada' }],
      err: expect.stringContaining('chat'),
    })
    expect(inputsOf('sharing.set')).toEqual([{ isEnabled: true }])
    expect(peer.isStopped).toBe(true)
  })

  it('lets answers for others finish before it stops, and says for how long', async () => {
    peer.forOthers = 2
    const run = await install.run(['serve'], { signal: AbortSignal.abort() })
    expect(run.code).toBe(0)
    expect(run.err).toContain('Finishing 2 answers for others, up to 10 s. Press Ctrl-C again to stop now.')
    expect([peer.isDrained, peer.isStopped]).toEqual([true, true])
  })

  it('waits for nobody after an error that nothing handled, and closes everything', async () => {
    peer.forOthers = 2
    const ended = AbortSignal.abort()
    await install.run(['serve'], { signal: ended, failed: ended })
    expect([peer.isDrained, peer.isStopped]).toEqual([false, true])
    for (const name of ['control.sock', 'control.json']) expect(existsSync(join(install.profileDir, name))).toBe(false)
  })

  it('warns that keys go elsewhere where another program has the usual port', async () => {
    peer.state = fakeState({
      api: { state: 'running', url: 'http://127.0.0.1:40000/v1', error: null, takenPort: 11_535 },
    })
    const run = await install.run(['serve'], { signal: AbortSignal.abort() })
    expect(run.err).toContain('http://127.0.0.1:40000/v1')
    expect(run.err).toContain('Another program answers on port 11535')
    expect((await install.run(['status'])).out).toContain('Another program answers on port 11535')
  })

  it('warns of a program that has the same port as localhost', async () => {
    peer.state = fakeState({
      api: { state: 'running', url: 'http://127.0.0.1:11535/v1', error: null, takenPort: 11_535 },
    })
    const run = await install.run(['serve'], { signal: AbortSignal.abort() })
    expect(run.err).toContain('Another program answers on localhost:11535')
  })

  it('makes the account at the first start and opens it at the next', async () => {
    const file = join(install.profileDir, 'phrase')
    const env = { KITH_PASSWORD: 'long enough' }
    const serve = ['serve', '--sign-up', 'ada', '--phrase-file', file]
    peer.state = { ...lockedState(), account: { accounts: [], current: null, copiedProfile: false, sharingAs: null } }
    peer.handlers = {
      'account.signUp': () => {
        peer.setState('pools', fakeState().pools)
        peer.setState('account', fakeState().account)
        return Promise.resolve(ok({ recoveryPhrase: 'one two' }))
      },
      'account.unlock': () => {
        peer.setState('account', fakeState().account)
        return Promise.resolve(ok())
      },
    }
    const first = await install.run(serve, { env, signal: AbortSignal.abort() })
    expect(first.code).toBe(0)
    expect(first.err).not.toContain('one two')
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['one two\n', 0o600])
    peer.state = { ...lockedState(), pools: fakeState().pools }
    expect((await install.run(serve, { env, signal: AbortSignal.abort() })).code).toBe(0)
    expect([inputsOf('account.signUp').length, inputsOf('account.unlock').length]).toEqual([1, 1])
  })

  it('shows the phrase once on standard error where no file was named', async () => {
    peer.state = { ...lockedState(), account: { accounts: [], current: null, copiedProfile: false, sharingAs: null } }
    peer.handlers = { 'account.signUp': () => Promise.resolve(ok({ recoveryPhrase: 'one two' })) }
    const run = await install.run(['serve', '--sign-up', 'ada', '--json'], {
      env: { KITH_PASSWORD: 'long enough' },
      signal: AbortSignal.abort(),
    })
    expect(run.err.split('one two').length).toBe(2)
    expect(run.out).not.toContain('one two')
  })

  it('asks nobody for a password where this computer goes on sharing by itself, and says as whom', async () => {
    const { account } = lockedState()
    const [ada] = account.accounts
    peer.state = { ...lockedState(), account: { ...account, sharingAs: ada ?? null } }
    const run = await install.run(['serve'], { signal: AbortSignal.abort() })
    expect(run.code).toBe(0)
    expect(run.err).toContain('goes on sharing as ada')
    expect(inputsOf('account.unlock')).toEqual([])
  })

  it('turns sharing without anybody signed in on and off with the password', async () => {
    peer.state = fakeState()
    peer.handlers = { 'account.setKeepSharing': () => Promise.resolve(ok()) }
    const env = { KITH_PASSWORD: 'long enough' }
    expect((await install.run(['share', 'keep', 'on'], { env })).out).toContain('goes on')
    expect((await install.run(['share', 'keep', 'off', '--json'], { env })).lines).toEqual([
      { type: 'keeps-sharing', isEnabled: false },
    ])
    expect((await install.run(['share', 'keep', 'perhaps'], { env })).code).not.toBe(0)
    expect(inputsOf('account.setKeepSharing')).toEqual([
      { password: 'long enough', isEnabled: true },
      { password: 'long enough', isEnabled: false },
    ])
  })

  it('does not go on with a wrong password, but goes on locked without one', async () => {
    peer.state = lockedState()
    peer.handlers = { 'account.unlock': () => Promise.resolve(fail('password_wrong')) }
    const signal = AbortSignal.abort()
    expect((await install.run(['serve'], { env: { KITH_PASSWORD: 'x' }, signal })).code).toBe(1)
    expect(await install.run(['serve'], { signal })).toMatchObject({ code: 0, err: expect.stringContaining('unlock') })
    expect(existsSync(join(install.profileDir, 'control.sock'))).toBe(false)
  })
})
