import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tinySentence } from '../../resources/scripts/real/tiny-gguf.mjs'
import type { AppState } from '../contract/state.ts'
import { PeerBench } from './testing/peer-bench.ts'
import { testPassword, valueOf, type TestPeer } from './testing/test-peer.ts'

const password = testPassword

describe('several devices of one account', () => {
  let bench: PeerBench
  beforeAll(async () => {
    bench = await PeerBench.open()
  })
  afterAll(() => bench.close())

  const start: PeerBench['start'] = (...given) => bench.start(...given)

  const codeOf = (result: { ok: boolean; error?: { code: string } }): string =>
    result.ok ? 'ok' : (result.error?.code ?? '')

  async function codeFrom(desk: TestPeer): Promise<string> {
    return valueOf(await desk.peer.call('account.startLinking', { password })).code
  }

  /** A computer with the root key and a model it shares, and a second one that was linked to it. */
  async function pair(username: string): Promise<{ desk: TestPeer; laptop: TestPeer; phrase: string }> {
    const desk = await start(username)
    const phrase = await desk.signUp()
    const laptop = await start(username)
    const code = await codeFrom(desk)
    valueOf(await laptop.peer.call('account.linkDevice', { code, password, deviceName: 'Laptop' }))
    return { desk, laptop, phrase }
  }

  const devicesOf = (state: AppState) => state.account.current?.devices ?? []
  const meets = (state: AppState): boolean => devicesOf(state).filter(({ isConnected }) => isConnected).length === 2

  it('links a second computer by a code, which then asks the first in their own pool', async () => {
    const { desk, laptop } = await pair('linked')
    const state = await laptop.until(meets, 'the first computer')
    expect(state.account.current).toMatchObject({ username: 'linked', hasRootKey: false, link: null })
    expect(devicesOf(state).map(({ name, isSelf }) => [name === 'Laptop', isSelf])).toEqual([
      [false, false],
      [true, true],
    ])
    const first = await desk.until(meets, 'the second computer')
    expect(first.account.current).toMatchObject({ hasRootKey: true, link: null })
    expect(devicesOf(first)[1]).toMatchObject({ name: 'Laptop', isSelf: false })
    const known = await laptop.until(({ pools }) => pools[0]?.role === 'owner', 'the directory')
    const [pool] = known.pools
    if (!pool) throw new Error('A linked computer is in the pool of its account')
    expect(pool.kind).toBe('devices')
    const model = await desk.importTinyModel()
    valueOf(await desk.peer.call('sharing.set', { isEnabled: true }))
    await laptop.until(({ machines }) => machines.some(({ isSelf, isSharing }) => !isSelf && isSharing), 'the model')
    const answer = await laptop.ask({ text: 'Say something.', model, poolId: pool.poolId })
    expect(answer.answer).toMatchObject({ state: 'complete', isOwnMachine: false })
    expect(answer.text).toContain(tinySentence)
  })

  it('is one account in the pools of others: whoever was invited meets both computers', async () => {
    const owner = await start('pool-owner')
    await owner.signUp()
    const { poolId } = valueOf(await owner.peer.call('pool.create', { name: 'Friends' }))
    const { link } = valueOf(
      await owner.peer.call('pool.createInvite', { poolId, role: 'member', usesAllowed: 1, lifetimeMs: 3_600_000 }),
    )
    const desk = await start('member')
    await desk.signUp()
    valueOf(await desk.peer.call('pool.join', { link }))
    const isActive = ({ pools }: AppState): boolean => pools.find((pool) => pool.poolId === poolId)?.state === 'active'
    await desk.until(isActive, 'the pool')
    const laptop = await start('member')
    const code = await codeFrom(desk)
    valueOf(await laptop.peer.call('account.linkDevice', { code, password, deviceName: 'Laptop' }))
    // The invite was for one account, and is spent: the device list is what lets the second computer in.
    await laptop.until(isActive, 'the pool on the second computer')
    const { account } = await laptop.state()
    const state = await owner.until(
      ({ machines }) => machines.filter(({ accountId }) => accountId === account.current?.accountId).length === 2,
      'both computers',
    )
    expect(state.pools.find((pool) => pool.poolId === poolId)?.members).toHaveLength(2)
    // Unlinking reaches the other person's computer as well.
    const deviceId = account.current?.deviceId
    if (!deviceId) throw new Error('It is signed in')
    valueOf(await desk.peer.call('account.unlinkDevice', { deviceId, password }))
    await owner.until(
      ({ machines }) => machines.every((one) => one.deviceId !== deviceId || one.connection === 'offline'),
      'the goodbye',
    )
  })

  it('brings a pool that is joined later, and a new name, to the other computer; what was left stays left', async () => {
    const { desk, laptop } = await pair('later')
    await laptop.until(meets, 'the first computer')
    const owner = await start('other-owner')
    await owner.signUp()
    const { poolId } = valueOf(await owner.peer.call('pool.create', { name: 'Friends' }))
    const { link } = valueOf(
      await owner.peer.call('pool.createInvite', { poolId, role: 'member', usesAllowed: 1, lifetimeMs: 3_600_000 }),
    )
    valueOf(await desk.peer.call('pool.join', { link }))
    await laptop.until(
      ({ pools }) => pools.find((pool) => pool.poolId === poolId)?.state === 'active',
      'the pool that the other computer joined',
    )
    // It works the other way as well: made on the linked computer, open on the first.
    const made = valueOf(await laptop.peer.call('pool.create', { name: 'Made later' }))
    await desk.until(({ pools }) => pools.some((pool) => pool.poolId === made.poolId), 'the pool made there')
    valueOf(await laptop.peer.call('settings.update', { deviceName: 'Kitchen' }))
    await desk.until((state) => devicesOf(state).some(({ name }) => name === 'Kitchen'), 'the new name')
    // The first computer can give the second its name, which that one then goes by, also for others.
    const laptopId = (await laptop.state()).account.current?.deviceId
    if (!laptopId) throw new Error('It is signed in')
    valueOf(await desk.peer.call('account.renameDevice', { deviceId: laptopId, name: 'Sofa' }))
    await laptop.until(({ settings }) => settings.deviceName === 'Sofa', 'the name given elsewhere')
    await owner.until(({ machines }) => machines.some(({ name }) => name === 'Sofa'), 'the name, at another person')
    valueOf(await laptop.peer.call('pool.leave', { poolId }))
    const isGone = ({ pools }: AppState): boolean => pools.every((pool) => pool.poolId !== poolId)
    await desk.until(isGone, 'the end of the membership')
    // Another word from the first computer does not bring it back.
    valueOf(await desk.peer.call('settings.update', { deviceName: 'Study' }))
    const state = await laptop.until((now) => devicesOf(now).some(({ name }) => name === 'Study'), 'the name')
    expect(isGone(state)).toBe(true)
  })

  it('tells computers of one name apart', async () => {
    const { desk, laptop } = await pair('alike')
    const third = await start('alike')
    const code = await codeFrom(desk)
    valueOf(await third.peer.call('account.linkDevice', { code, password, deviceName: 'laptop' }))
    expect((await third.state()).settings.deviceName).toBe('laptop 2')
    await laptop.until((state) => devicesOf(state).some(({ name }) => name === 'laptop 2'), 'the third computer')
    const deviceId = (await desk.state()).account.current?.deviceId
    if (!deviceId) throw new Error('It is signed in')
    expect(valueOf(await desk.peer.call('account.renameDevice', { deviceId, name: ' Laptop\u0007' })).name).toBe(
      'Laptop 3',
    )
    expect(codeOf(await desk.peer.call('account.renameDevice', { deviceId, name: ' ' }))).toBe('bad_request')
  })

  it('unlinks a computer: it signs out with the reason, and cannot come back by itself', async () => {
    const { desk, laptop } = await pair('parted')
    const state = await laptop.until(meets, 'the first computer')
    await desk.until(meets, 'the second computer')
    const deviceId = state.account.current?.deviceId
    if (!deviceId) throw new Error('It is signed in')
    const notices: string[] = []
    laptop.peer.listen('notice', ({ error }) => notices.push(error.code))
    const wrong = await desk.peer.call('account.unlinkDevice', { deviceId, password: 'not the right one' })
    expect(codeOf(wrong)).toBe('password_wrong')
    const self = (await desk.state()).account.current?.deviceId ?? deviceId
    expect(codeOf(await desk.peer.call('account.unlinkDevice', { deviceId: self, password }))).toBe('device_is_this')
    valueOf(await desk.peer.call('account.unlinkDevice', { deviceId, password }))
    await laptop.until(({ account }) => account.current === null, 'the end')
    await expect.poll(() => notices).toContain('device_unlinked')
    expect(codeOf(await laptop.peer.call('account.unlock', { username: 'parted', password }))).toBe('device_unlinked')
    const left = await desk.state()
    expect(devicesOf(left)).toHaveLength(1)
    expect(left.machines.filter(({ isSelf, connection }) => !isSelf && connection === 'admitted')).toEqual([])
    expect(codeOf(await desk.peer.call('account.unlinkDevice', { deviceId, password }))).toBe('device_unknown')
    // A new code makes it a device again, with a new key.
    const code = await codeFrom(desk)
    valueOf(await laptop.peer.call('account.linkDevice', { code, password, deviceName: 'Laptop' }))
    const again = await laptop.until(meets, 'the way back')
    expect(again.account.current?.deviceId).not.toBe(deviceId)
  })

  it('hears that it was unlinked when it comes back after having been away', async () => {
    const { desk, laptop } = await pair('absent')
    await laptop.until(meets, 'the first computer')
    const deviceId = (await laptop.state()).account.current?.deviceId
    if (!deviceId) throw new Error('It is signed in')
    await laptop.stop()
    valueOf(await desk.peer.call('account.unlinkDevice', { deviceId, password }))
    const later = await start('absent', { directory: laptop.directory })
    valueOf(await later.peer.call('account.unlock', { username: 'absent', password }))
    await later.until(({ account }) => account.current === null, 'the news')
    expect(codeOf(await later.peer.call('account.unlock', { username: 'absent', password }))).toBe('device_unlinked')
  })

  it('needs the recovery phrase where the root key is not, and only that of the account', async () => {
    const { laptop, phrase } = await pair('phrase')
    const other = await start('other')
    const otherPhrase = await other.signUp()
    expect(codeOf(await laptop.peer.call('account.startLinking', { password }))).toBe('root_key_needed')
    const foreign = await laptop.peer.call('account.startLinking', { password, recoveryPhrase: otherPhrase })
    expect(codeOf(foreign)).toBe('phrase_invalid')
    const { code } = valueOf(await laptop.peer.call('account.startLinking', { password, recoveryPhrase: phrase }))
    const third = await start('phrase')
    valueOf(await third.peer.call('account.linkDevice', { code, password, deviceName: 'Third' }))
    const state = await laptop.until((now) => devicesOf(now).length === 3, 'the third computer')
    expect(devicesOf(state).map(({ name }) => name)).toContain('Third')
    expect(codeOf(await laptop.peer.call('account.recoveryPhrase', { password }))).not.toBe('ok')
  })

  it('refuses codes that are mistyped, used, cancelled or of nobody, and lets a search be cancelled', async () => {
    const desk = await start('coded')
    await desk.signUp()
    const laptop = await start('coded')
    const tryCode = (code: string) => laptop.peer.call('account.linkDevice', { code, password, deviceName: '' })
    const code = await codeFrom(desk)
    expect((await desk.state()).account.current?.link?.code).toBe(code)
    expect(codeOf(await tryCode(code.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'))))).toBe(
      'link_code_malformed',
    )
    const short = await laptop.peer.call('account.linkDevice', { code, password: 'short', deviceName: '' })
    expect(codeOf(short)).toBe('password_too_short')
    valueOf(await desk.peer.call('account.cancelLinking', {}))
    expect((await desk.state()).account.current?.link).toBeNull()
    expect(codeOf(await tryCode(code))).toBe('link_code_expired')
    const next = await codeFrom(desk)
    valueOf(await tryCode(next))
    const third = await start('coded')
    const used = await third.peer.call('account.linkDevice', { code: next, password, deviceName: '' })
    expect(codeOf(used)).toBe('link_code_expired')
    // The computer of the code is not there at all: the search goes on until somebody ends it.
    const gone = third.peer.call('account.linkDevice', { code, password, deviceName: '' })
    valueOf(await third.peer.call('account.cancelLinking', {}))
    expect(codeOf(await gone)).toBe('link_unreachable')
  })

  it('leaves nothing behind on either side where the name is taken on the new computer', async () => {
    const desk = await start('taken')
    await desk.signUp()
    const laptop = await start('taken')
    await laptop.signUp()
    valueOf(await laptop.peer.call('account.logOut', {}))
    const code = await codeFrom(desk)
    const refused = await laptop.peer.call('account.linkDevice', { code, password, deviceName: 'x' })
    expect(codeOf(refused)).toBe('username_taken')
    expect(devicesOf(await desk.state())).toHaveLength(1)
    expect((await laptop.state()).account.accounts).toHaveLength(1)
  })

  it('finds its account again after a restart, without the first computer', async () => {
    const { desk, laptop } = await pair('restarted')
    await laptop.until(meets, 'the first computer')
    await desk.stop()
    await laptop.stop()
    const later = await start('restarted', { directory: laptop.directory })
    await later.unlock()
    const state = await later.state()
    expect(devicesOf(state)).toHaveLength(2)
    expect(state.pools.map(({ name }) => name)).toEqual(['My devices'])
  })
})
