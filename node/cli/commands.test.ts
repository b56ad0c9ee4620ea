import { defaultPlanId } from '../contract/pools.ts'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kithError } from '../contract/errors.ts'
import { fail, ok } from '../contract/result.ts'
import type { CatalogueModel, Download } from '../contract/state.ts'
import { FakePeer } from './testing/fake-peer.ts'
import { accountB, familyPool, fakeMachine, fakePool, fakeState, inviteId, lockedState } from './testing/fake-state.ts'
import { TestInstall } from './testing/run.ts'

let peer = new FakePeer()
let install = new TestInstall(peer)
beforeEach(() => {
  peer = new FakePeer()
  install = new TestInstall(peer)
})
afterEach(() => install.remove())

const inputsOf = (name: string): unknown[] => peer.called.filter((one) => one.name === name).map(({ input }) => input)

describe('kith', () => {
  it('answers help with 0 and wrong usage with 2', async () => {
    expect(await install.run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('kith') })
    expect(await install.run(['dance'])).toMatchObject({ code: 2, err: expect.stringContaining('dance') })
    expect((await install.run(['share', 'perhaps'])).code).toBe(2)
    expect((await install.run(['pool', 'invite', '--uses', '0'])).code).toBe(2)
    expect((await install.run(['pool', 'invite', '--expires', '9y'])).code).toBe(2)
    expect(peer.isStarted).toBe(false)
  })

  it('names a setting that is wrong', async () => {
    const run = await install.run(['status', '--json', '--log-level', 'loud'])
    expect(run.code).toBe(1)
    expect(run.lines).toMatchObject([{ type: 'error', error: { code: 'configuration_invalid' } }])
    expect(run.err).toContain('--log-level')
    expect((await install.run(['status', '--port', '70000'])).err).toContain('--port')
  })

  it('starts a peer for one command, and stops it in every case', async () => {
    expect((await install.run(['share', 'on'])).code).toBe(0)
    expect([peer.isStarted, peer.isStopped]).toEqual([true, true])
    peer.isStopped = false
    peer.handlers = { 'sharing.set': () => Promise.resolve(fail('storage_failed', { reason: 'EIO' })) }
    expect((await install.run(['share', 'on'])).code).toBe(1)
    expect(peer.isStopped).toBe(true)
  })

  it('talks to the peer that runs, and leaves it running', async () => {
    const end = await install.listen()
    expect(await install.run(['share', 'off', '--json'])).toMatchObject({
      code: 0,
      lines: [{ type: 'sharing', isEnabled: false }],
    })
    expect([peer.isStarted, peer.isStopped]).toEqual([false, false])
    await end()
  })

  it('answers 75 when the profile belongs to another process', async () => {
    const error = Object.assign(new Error('in use'), { error: kithError('profile_in_use') })
    peer.start = () => Promise.reject(error)
    const run = await install.run(['serve', '--json'])
    expect(run).toMatchObject({ code: 75, lines: [{ type: 'error', error: { code: 'profile_in_use' } }] })
  })
})

describe('signing in', () => {
  const unlocking = (): void => {
    peer.state = lockedState()
    peer.handlers = {
      'account.unlock': ({ password }) => {
        if (password !== 'correct horse') return Promise.resolve(fail('password_wrong'))
        peer.setState('pools', fakeState().pools)
        peer.setState('account', fakeState().account)
        return Promise.resolve(ok())
      },
    }
  }

  it.each([
    ['standard input', ['--password-stdin'], { input: 'correct horse\nmore' }],
    ['the environment', [], { env: { KITH_PASSWORD: 'correct horse' } }],
    ['the keyboard', [], { typed: ['correct horse'] }],
  ])('takes the password from %s', async (_case, flags, settings) => {
    unlocking()
    expect((await install.run(['pool', 'list', ...flags], settings)).code).toBe(0)
  })

  it('takes it from a file that is closed to others, and from no other', async () => {
    unlocking()
    const file = join(install.profileDir, 'password')
    writeFileSync(file, 'correct horse\n', { mode: 0o600 })
    expect((await install.run(['pool', 'list'], { env: { KITH_PASSWORD_FILE: file } })).code).toBe(0)
    chmodSync(file, 0o640)
    unlocking()
    const refused = await install.run(['pool', 'list'], { env: { KITH_PASSWORD_FILE: file } })
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('chmod 600') })
  })

  it('says which password is missing or wrong, and never repeats it', async () => {
    unlocking()
    expect(await install.run(['pool', 'list'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('KITH_PASSWORD'),
    })
    const wrong = await install.run(['pool', 'list', '--json'], { env: { KITH_PASSWORD: 'hunter2' } })
    expect(wrong.lines).toMatchObject([{ error: { code: 'password_wrong' } }])
    expect(wrong.out + wrong.err).not.toContain('hunter2')
  })

  it('does not unlock a peer that runs', async () => {
    peer.state = lockedState()
    const end = await install.listen()
    const run = await install.run(['pool', 'list', '--json'], { env: { KITH_PASSWORD: 'correct horse' } })
    expect(run.lines).toMatchObject([{ error: { code: 'not_signed_in' } }])
    expect(inputsOf('account.unlock')).toEqual([])
    await end()
  })
})

describe('kith status', () => {
  it('shows the state, for people and for programs, without invites', async () => {
    const invite = { inviteId, link: 'kith://join/secret', role: 'member', usesAllowed: 1 } as const
    const pool = fakePool({
      invites: [{ ...invite, planId: defaultPlanId, usesSpent: 0, expiresAtMs: 1, state: 'open' }],
    })
    peer.state = fakeState({ pools: [pool] })
    const text = await install.run(['status'])
    expect(text.out).toMatch(/Account +ada aaaaaa/)
    expect(text.out).toMatch(/gpu-box +bob +admitted +shares gemma:latest/)
    const json = await install.run(['status', '--json'])
    expect(json.lines).toMatchObject([{ type: 'status', isRunning: false, state: { sharing: { isEnabled: false } } }])
    expect(text.out + json.out).not.toContain('secret')
  })

  it('works without an account and asks for no password', async () => {
    peer.state = lockedState()
    expect(await install.run(['status'])).toMatchObject({ code: 0, out: expect.stringContaining('locked') })
  })
})

describe('kith pool', () => {
  it('prints the link of an invite alone on standard output', async () => {
    const invite = { inviteId, link: 'kith://join/abc', role: 'guest', usesAllowed: 3, usesSpent: 0 } as const
    peer.handlers = {
      'pool.createInvite': () =>
        Promise.resolve(ok({ ...invite, planId: defaultPlanId, expiresAtMs: 86_400_000, state: 'open' as const })),
    }
    const run = await install.run(['pool', 'invite', '--role', 'guest', '--uses', '3', '--expires', '12h'])
    expect(run).toMatchObject({ code: 0, out: 'kith://join/abc\n', err: expect.stringContaining('"Family"') })
    expect(inputsOf('pool.createInvite')).toEqual([
      { poolId: familyPool, role: 'guest', usesAllowed: 3, lifetimeMs: 43_200_000 },
    ])
  })

  it('needs a pool to invite to', async () => {
    peer.state = fakeState({ pools: [fakePool({ isManager: false })] })
    expect((await install.run(['pool', 'invite', '--json'])).lines).toMatchObject([
      { error: { code: 'pool_to_manage_none' } },
    ])
  })

  const facts = { poolName: 'Family', inviter: 'carol', role: 'member' as const, expiresAtMs: 9, usesAllowed: 1 }
  const inspects = { 'pool.inspectInvite': () => Promise.resolve(ok(facts)) }

  it('waits after joining until a computer of the pool has answered', async () => {
    const waiting = fakePool({ state: 'waiting', isManager: false })
    peer.handlers = {
      ...inspects,
      'pool.join': () => {
        peer.setState('pools', [waiting])
        setImmediate(() => peer.setState('pools', [{ ...waiting, state: 'active' }]))
        return Promise.resolve(ok({ poolId: familyPool }))
      },
    }
    const run = await install.run(['pool', 'join', 'kith://join/abc', '--json'])
    expect(run).toMatchObject({ code: 0, lines: [{ type: 'pool-joined', state: 'active', name: 'Family' }] })
  })

  it('joins from the file an invite was saved as', async () => {
    const page = join(install.profileDir, 'invite.html')
    writeFileSync(page, '<a href="kith://join/abc">Join with Kith</a>')
    peer.handlers = {
      ...inspects,
      'pool.join': () => {
        peer.setState('pools', [fakePool()])
        return Promise.resolve(ok({ poolId: familyPool }))
      },
    }
    expect((await install.run(['pool', 'join', page])).out).toBe('Joined the pool "Family".\n')
    expect(inputsOf('pool.join')).toEqual([{ link: '<a href="kith://join/abc">Join with Kith</a>' }])
    expect((await install.run(['pool', 'join', `${page}.not`, '--json'])).lines).toMatchObject([
      { error: { code: 'invite_malformed' } },
    ])
  })

  it('says why a pool refuses', async () => {
    const refusal = kithError('invite_spent')
    peer.handlers = {
      ...inspects,
      'pool.join': () => {
        peer.setState('pools', [fakePool({ state: 'refused', refusal })])
        return Promise.resolve(ok({ poolId: familyPool }))
      },
    }
    const run = await install.run(['pool', 'join', 'kith://join/abc'])
    expect(run).toMatchObject({ code: 1, err: `carol invites you to "Family".\nkith: ${refusal.message}\n` })
  })

  it('suspends and takes back a member by name or tag', async () => {
    expect((await install.run(['pool', 'suspend', 'Bob'])).out).toContain('bob is suspended')
    expect((await install.run(['pool', 'resume', 'bbbbbb', '--pool', 'family'])).out).toContain('bob is back')
    const ids = { poolId: familyPool, accountId: accountB }
    expect([...inputsOf('pool.suspendMember'), ...inputsOf('pool.resumeMember')]).toEqual([ids, ids])
    expect((await install.run(['pool', 'suspend', 'eve', '--json'])).lines).toMatchObject([
      { error: { code: 'member_unknown' } },
    ])
  })
})

describe('kith account', () => {
  const phrase = 'one two three four five six seven eight nine ten eleven twelve'

  it('signs up, with the phrase alone on standard output', async () => {
    peer.state = lockedState()
    peer.handlers = { 'account.signUp': () => Promise.resolve(ok({ recoveryPhrase: phrase })) }
    const run = await install.run(['account', 'sign-up', 'ada'], {
      typed: ['abc', 'abd', 'long enough', 'long enough'],
    })
    expect(run).toMatchObject({ code: 0, out: `${phrase}\n`, err: expect.stringContaining('different') })
    expect(inputsOf('account.signUp')).toEqual([{ username: 'ada', password: 'long enough' }])
  })

  it('restores with a phrase that is no argument', async () => {
    const env = { KITH_RECOVERY_PHRASE: ` ${phrase}\n`, KITH_PASSWORD: 'long enough' }
    expect((await install.run(['account', 'restore', 'ada', '--json'], { env })).lines).toEqual([
      { type: 'restored', username: 'ada', areOthersLost: false },
    ])
    expect(inputsOf('account.restore')).toMatchObject([{ recoveryPhrase: phrase, areOthersLost: false }])
  })

  it.each([
    { given: [], typed: ['yes'], areOthersLost: true },
    { given: [], typed: [''], areOthersLost: false },
    { given: ['--others-lost'], typed: [], areOthersLost: true },
  ])('asks whether the other computers are lost: $given $typed', async ({ given, typed, areOthersLost }) => {
    const env = { KITH_RECOVERY_PHRASE: phrase, KITH_PASSWORD: 'long enough' }
    const run = await install.run(['account', 'restore', 'ada', ...given], { env, typed })
    expect(run).toMatchObject({ code: 0, err: expect.stringContaining(areOthersLost ? 'unlinked' : 'go on') })
    expect(inputsOf('account.restore')).toMatchObject([{ areOthersLost }])
  })

  it('lists accounts and logs out', async () => {
    expect((await install.run(['account', 'list'])).out).toMatch(/^ada +aaaaaa +signed in\n$/)
    expect((await install.run(['account', 'log-out', '--json'])).lines).toEqual([{ type: 'logged-out' }])
  })
})

describe('kith models', () => {
  it('sets how many answers an engine is asked for at once', async () => {
    const run = await install.run(['models', 'slots', 'ollama', '4', '--json'])
    expect(run.lines).toEqual([{ type: 'engine-slots', engine: 'ollama', slots: 4 }])
    expect((await install.run(['models', 'slots', 'ollama', 'usual'])).code).toBe(0)
    expect(inputsOf('settings.update')).toEqual([{ engineSlots: { ollama: 4 } }, { engineSlots: {} }])
    for (const wrong of [
      ['ollama', '0'],
      ['ollama', 'many'],
      ['http://127.0.0.1:9', '2'],
    ]) {
      expect((await install.run(['models', 'slots', ...wrong])).code).toBe(1)
    }
  })

  const model: CatalogueModel = {
    catalogueId: 'gemma3-270m',
    name: 'Gemma 3 270M',
    description: 'Small.',
    licence: 'Gemma',
    licenceUrl: '',
    sizeBytes: 253e6,
    memoryBytes: 400e6,
    contextTokens: 2_048,
    isSuggested: true,
    isSmallest: true,
    misfit: null,
    download: { state: 'none' },
  }
  const show = (download: Download): void =>
    peer.setState('models', { local: [], catalogue: [{ ...model, download }], suggestions: [] })
  const part = {
    state: 'downloading',
    receivedBytes: 1e6,
    totalBytes: 253e6,
    bytesPerSecond: 1e6,
    source: 'hub',
  } as const

  it('lists what is here and what can be had', async () => {
    show({ state: 'none' })
    expect((await install.run(['models', 'list'])).out).toMatch(/gemma3-270m +253 MB +Gemma +Small\./)
    expect((await install.run(['models', 'list'])).out).toMatch(/gemma:latest +ollama +253 MB +bob \(gpu-box\)/)
    peer.setState('machines', [fakeMachine({ connection: 'offline', sharesWhenOn: true })])
    expect((await install.run(['models', 'list'])).out).toContain('Nobody in the pool "Family" is online right now.')
  })

  it('follows a download to its end', async () => {
    show({ state: 'none' })
    peer.handlers = {
      'model.download': () => {
        show(part)
        setImmediate(() => {
          show({ state: 'verifying' })
          setImmediate(() => show({ state: 'ready' }))
        })
        return Promise.resolve(ok())
      },
    }
    const run = await install.run(['models', 'download', 'gemma3-270m', '--json'])
    expect(run.code).toBe(0)
    expect(run.lines.at(-1)).toEqual({ type: 'model-ready', catalogueId: 'gemma3-270m', name: 'Gemma 3 270M' })
    expect(run.lines).toContainEqual({ type: 'download', catalogueId: 'gemma3-270m', ...part })
  })

  it('pauses on Ctrl-C and says how to go on', async () => {
    show({ state: 'none' })
    const interrupt = new AbortController()
    peer.handlers = {
      'model.download': () => {
        show(part)
        setImmediate(() => interrupt.abort())
        return Promise.resolve(ok())
      },
    }
    const run = await install.run(['models', 'download', 'gemma3-270m'], { signal: interrupt.signal })
    expect(run).toMatchObject({ code: 130, err: expect.stringContaining('paused') })
    expect(inputsOf('model.pauseDownload')).toEqual([{ catalogueId: 'gemma3-270m' }])
  })

  it('imports by whole path and removes by name', async () => {
    peer.handlers = { 'model.import': () => Promise.resolve(ok({ name: 'mine' })) }
    expect((await install.run(['models', 'import', 'mine.gguf'])).out).toContain('"mine" is ready')
    expect(inputsOf('model.import')).toEqual([{ path: join(process.cwd(), 'mine.gguf') }])
    expect((await install.run(['models', 'remove', 'mine', '--json'])).lines).toEqual([
      { type: 'model-removed', name: 'mine' },
    ])
    expect((await install.run(['models', 'download', 'ghost'])).code).toBe(1)
  })
})

describe('kith servers', () => {
  it('lists, adds and removes servers, and takes a key by no argument', async () => {
    const server = { url: 'http://box:8080', state: 'running', error: null, slots: 4, hasKey: true } as const
    const state = fakeState()
    peer = new FakePeer({}, { ...state, engines: { ...state.engines, servers: [server] } })
    install = new TestInstall(peer)
    expect((await install.run(['servers', 'list'])).out).toContain('with a key')
    expect((await install.run(['servers', 'list', '--json'])).lines).toContainEqual({ type: 'server', ...server })
    expect((await install.run(['servers', 'add', server.url, '--key'], { typed: ['sk-typed'] })).code).toBe(0)
    await install.run(['servers', 'add', server.url, '--key'], { env: { KITH_SERVER_KEY: 'sk-given' } })
    await install.run(['servers', 'add', server.url])
    expect((await install.run(['servers', 'add', server.url, '--key'], { typed: [''] })).code).toBe(1)
    expect(inputsOf('engine.addServer')).toEqual([
      { url: server.url, apiKey: 'sk-typed' },
      { url: server.url, apiKey: 'sk-given' },
      { url: server.url },
    ])
    expect((await install.run(['servers', 'remove', server.url])).code).toBe(0)
    expect((await install.run(['servers', 'add', server.url, 'sk-argument'])).code).toBe(2)
  })
})
