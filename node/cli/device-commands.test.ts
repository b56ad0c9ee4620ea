import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OwnDeviceView } from '../contract/accounts.ts'
import { ok } from '../contract/result.ts'
import { FakePeer } from './testing/fake-peer.ts'
import { deviceA, deviceB, fakeState, lockedState } from './testing/fake-state.ts'
import { TestInstall } from './testing/run.ts'

const here: OwnDeviceView = { deviceId: deviceA, name: 'laptop', addedAtMs: 0, isSelf: true, isConnected: true }
const desk: OwnDeviceView = {
  deviceId: deviceB,
  name: 'Desk',
  addedAtMs: 0,
  isSelf: false,
  isConnected: false,
}

let peer = new FakePeer()
let install = new TestInstall(peer)
const accountWith = (devices: OwnDeviceView[], hasRootKey = true) => {
  const { account } = fakeState()
  return { ...account, current: account.current && { ...account.current, devices, hasRootKey } }
}
beforeEach(() => {
  peer = new FakePeer({}, fakeState({ account: accountWith([here, desk]) }))
  install = new TestInstall(peer)
})
afterEach(() => install.remove())

const inputsOf = (name: string): unknown[] => peer.called.filter((one) => one.name === name).map(({ input }) => input)

describe('kith devices', () => {
  it('lists the computers of the account', async () => {
    expect((await install.run(['devices', 'list'])).out).toMatch(
      /laptop +111111 +since 1970-01-01 +this computer\nDesk +222222/,
    )
  })

  it('shows a code and waits until it was used', async () => {
    peer.state = fakeState({ account: accountWith([here]) })
    peer.handlers = {
      'account.startLinking': () => {
        setImmediate(() => peer.setState('account', accountWith([here, desk])))
        return Promise.resolve(ok({ code: '1234-5678', expiresAtMs: Date.now() + 60_000 }))
      },
    }
    const run = await install.run(['devices', 'link', '--json'], { typed: ['correct horse'] })
    expect(run).toMatchObject({
      code: 0,
      lines: [
        { type: 'device-link', code: '1234-5678' },
        { type: 'device-linked', deviceId: deviceB },
      ],
    })
    expect(inputsOf('account.startLinking')).toEqual([{ password: 'correct horse' }])
  })

  it('takes the code back on Ctrl-C', async () => {
    const interrupt = new AbortController()
    peer.handlers = {
      'account.startLinking': () => {
        setImmediate(() => interrupt.abort())
        return Promise.resolve(ok({ code: '1234-5678', expiresAtMs: Date.now() + 60_000 }))
      },
    }
    const run = await install.run(['devices', 'link'], { typed: ['correct horse'], signal: interrupt.signal })
    expect(run.code).toBe(130)
    expect(inputsOf('account.cancelLinking')).toEqual([{}])
  })

  it('makes this install a computer of the account with the code', async () => {
    peer.state = lockedState()
    const run = await install.run(['devices', 'link', '1234-5678', '--name', 'Box', '--json'], {
      env: { KITH_PASSWORD: 'long enough' },
    })
    expect(run.lines).toEqual([{ type: 'device-linked', deviceName: 'Box' }])
    expect(inputsOf('account.linkDevice')).toEqual([{ code: '1234-5678', password: 'long enough', deviceName: 'Box' }])
  })

  it('renames this computer and others', async () => {
    peer.handlers = { 'account.renameDevice': ({ name }) => Promise.resolve(ok({ name: `${name} 2` })) }
    const run = await install.run(['devices', 'rename', 'desk', 'Studio', '--json'])
    expect(run.lines).toEqual([{ type: 'device-renamed', deviceId: deviceB, name: 'Studio 2' }])
    expect((await install.run(['devices', 'rename', 'this', 'Kitchen'])).out).toBe(
      '"laptop" is called "Kitchen 2" now.\n',
    )
    expect(inputsOf('account.renameDevice')).toEqual([
      { deviceId: deviceB, name: 'Studio' },
      { deviceId: deviceA, name: 'Kitchen' },
    ])
  })

  it('unlinks one, with the recovery phrase where the root key is elsewhere', async () => {
    expect((await install.run(['devices', 'unlink', 'desk'], { typed: ['correct horse'] })).code).toBe(0)
    peer.state = fakeState({ account: accountWith([here, desk], false) })
    const typed = ['correct horse', 'one two three']
    expect((await install.run(['devices', 'unlink', '222222'], { typed })).code).toBe(0)
    expect(inputsOf('account.unlinkDevice')).toEqual([
      { deviceId: deviceB, password: 'correct horse' },
      { deviceId: deviceB, password: 'correct horse', recoveryPhrase: 'one two three' },
    ])
    expect((await install.run(['devices', 'unlink', 'ghost', '--json'])).lines).toMatchObject([
      { error: { code: 'device_unknown' } },
    ])
  })
})

describe('the words people try first', () => {
  it('register, log in, log out and say who is there', async () => {
    peer.handlers = { 'account.signUp': () => Promise.resolve(ok({ recoveryPhrase: 'one two' })) }
    const env = { KITH_PASSWORD: 'long enough' }
    expect((await install.run(['register', 'ada'], { env })).out).toBe('one two\n')
    expect((await install.run(['login', 'ada', '--json'], { env })).lines).toEqual([
      { type: 'unlocked', username: 'ada' },
    ])
    expect(await install.run(['whoami'])).toMatchObject({ code: 0, out: 'ada aaaaaa on laptop\n' })
    expect((await install.run(['logout', '--json'])).lines).toEqual([{ type: 'logged-out' }])
    peer.state = lockedState()
    expect((await install.run(['whoami', '--json'])).lines).toMatchObject([{ error: { code: 'not_signed_in' } }])
  })

  it('explain themselves', async () => {
    const all = await install.run(['--help'])
    for (const word of [
      'register',
      'login',
      'logout',
      'whoami',
      'keys',
      'usage',
      'limits',
      'members',
      'plans',
      'invite',
      'devices',
    ]) {
      expect(all.out).toContain(`  ${word}`)
      expect(await install.run([word, '--help'])).toMatchObject({
        code: 0,
        out: expect.stringContaining('Usage: kith'),
      })
    }
  })
})
