import { cp, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openServiceVault } from '../accounts/vault/service-vault.ts'
import { noKeychain, type Keychain, type KeychainStatus } from '../base/keychain.ts'
import { secretBox, openSecretBox } from '../crypto/seal.ts'
import { randomBytes } from '../crypto/keys.ts'
import type { AppState } from '../contract/state.ts'
import { PeerBench } from './testing/peer-bench.ts'
import { testPassword, valueOf, type TestPeer } from './testing/test-peer.ts'

const password = testPassword

/** The secret store of a system, which no test may touch: a key in memory. */
function testKeychain(status: KeychainStatus = 'available'): Keychain {
  const key = randomBytes(32)
  return {
    status: () => Promise.resolve(status),
    seal: (plaintext) => Promise.resolve(status === 'unavailable' ? null : secretBox(key, plaintext)),
    open: (box) => Promise.resolve(openSecretBox(key, box)),
  }
}

let bench: PeerBench
beforeAll(async () => {
  bench = await PeerBench.open()
})
afterAll(() => bench.close())

const start: PeerBench['start'] = (...given) => bench.start(...given)

const codeOf = (result: { ok: boolean; error?: { code: string } }): string =>
  result.ok ? 'ok' : (result.error?.code ?? '')

async function accountFolder(peer: TestPeer): Promise<{ folder: string; accountId: string }> {
  const [account] = (await peer.state()).account.accounts
  if (!account) throw new Error('Somebody signed up')
  const { accountId } = account
  return { folder: join(peer.directory, 'profile', 'accounts', accountId.slice(0, 16)), accountId }
}

describe('an account that is remembered', () => {
  it('opens without the password, in this run and the next, until it is forgotten', async () => {
    const keychain = testKeychain()
    const peer = await start('remembered', { keychain })
    await peer.signUp()
    const { folder } = await accountFolder(peer)
    const accountId = (await peer.state()).account.accounts[0]?.accountId
    if (!accountId) throw new Error('Somebody signed up')
    expect(codeOf(await peer.peer.call('account.setRemembered', { password: 'wrong one', isRemembered: true }))).toBe(
      'password_wrong',
    )
    valueOf(await peer.peer.call('account.setRemembered', { password, isRemembered: true }))
    expect((await peer.state()).account.current?.isRemembered).toBe(true)
    valueOf(await peer.peer.call('account.logOut', {}))
    valueOf(await peer.peer.call('account.unlockRemembered', { accountId }))
    await peer.stop()
    const again = await start('remembered', { keychain, directory: peer.directory })
    expect((await again.state()).account.accounts).toMatchObject([{ isRemembered: true }])
    valueOf(await again.peer.call('account.unlockRemembered', { accountId }))
    // A new password comes with a new key of the vault, and the remembered one follows it.
    const before = await readFile(join(folder, 'remembered.json'), 'utf8')
    valueOf(await again.peer.call('account.changePassword', { password, newPassword: 'another password' }))
    expect(await readFile(join(folder, 'remembered.json'), 'utf8')).not.toBe(before)
    valueOf(await again.peer.call('account.logOut', {}))
    valueOf(await again.peer.call('account.unlockRemembered', { accountId }))
    valueOf(await again.peer.call('account.setRemembered', { password: 'another password', isRemembered: false }))
    valueOf(await again.peer.call('account.logOut', {}))
    expect((await again.state()).account.accounts).toMatchObject([{ isRemembered: false }])
    expect(codeOf(await again.peer.call('account.unlockRemembered', { accountId }))).toBe('keychain_unavailable')
  })

  it('is not where the keychain is missing, only a fixed password, or another one', async () => {
    for (const keychain of [undefined, testKeychain('unavailable'), testKeychain('basic_text')]) {
      const peer = await start('careful', keychain ? { keychain } : {})
      await peer.signUp()
      const kept = await peer.peer.call('account.setRemembered', { password, isRemembered: true })
      expect(codeOf(kept)).toBe('keychain_unavailable')
      expect((await peer.state()).account.current?.isRemembered).toBe(false)
    }
    const peer = await start('moved', { keychain: testKeychain() })
    await peer.signUp()
    const accountId = (await peer.state()).account.accounts[0]?.accountId
    if (!accountId) throw new Error('Somebody signed up')
    valueOf(await peer.peer.call('account.setRemembered', { password, isRemembered: true }))
    await peer.stop()
    const elsewhere = await start('moved', { keychain: testKeychain(), directory: peer.directory })
    expect(codeOf(await elsewhere.peer.call('account.unlockRemembered', { accountId }))).toBe('keychain_unavailable')
    await elsewhere.unlock()
  })
})

describe('sharing while nobody is signed in', () => {
  const shares = ({ machines }: AppState): boolean => machines.some(({ isSelf, isSharing }) => !isSelf && isSharing)

  /** A computer that shares a model in a pool, and another person's that asks there. */
  async function pool(names: [string, string], keychain?: Keychain) {
    const giver = await start(names[0], keychain ? { keychain } : {})
    await giver.signUp()
    const model = await giver.importTinyModel()
    const { poolId } = valueOf(await giver.peer.call('pool.create', { name: 'Friends' }))
    const { link } = valueOf(
      await giver.peer.call('pool.createInvite', { poolId, role: 'member', usesAllowed: 1, lifetimeMs: 3_600_000 }),
    )
    valueOf(await giver.peer.call('sharing.set', { isEnabled: true }))
    const asker = await start(names[1])
    await asker.signUp()
    valueOf(await asker.peer.call('pool.join', { link }))
    await asker.until(shares, 'the shared model')
    const ask = async () => (await asker.ask({ text: 'Hello?', model, poolId, maxTokens: 8 })).answer?.state
    return { giver, asker, ask }
  }

  it('goes on after a log out and a restart, and gives way to whoever signs in', async () => {
    const { giver, asker, ask } = await pool(['serving', 'asking'])
    expect(codeOf(await giver.peer.call('account.setKeepSharing', { password: 'wrong one', isEnabled: true }))).toBe(
      'password_wrong',
    )
    valueOf(await giver.peer.call('account.setKeepSharing', { password, isEnabled: true }))
    expect((await giver.state()).account.current?.keepsSharing).toBe(true)
    valueOf(await giver.peer.call('account.logOut', {}))
    const out = await giver.state()
    expect(out.account).toMatchObject({ current: null, sharingAs: { username: 'serving' } })
    expect(out).toMatchObject({ pools: [], chats: [], api: { state: 'off' }, sharing: { isEnabled: true } })
    await asker.until(shares, 'the service')
    expect(await ask()).toBe('complete')
    await giver.stop()
    const again = await start('serving', { directory: giver.directory })
    expect((await again.state()).account).toMatchObject({ current: null, sharingAs: { username: 'serving' } })
    await asker.until(shares, 'the service after a restart')
    expect(await ask()).toBe('complete')
    await again.unlock()
    expect((await again.state()).account).toMatchObject({ current: { username: 'serving' }, sharingAs: null })
    await asker.until(shares, 'the signed-in owner')
    expect(await ask()).toBe('complete')
    valueOf(await again.peer.call('account.setKeepSharing', { password, isEnabled: false }))
    valueOf(await again.peer.call('account.logOut', {}))
    expect((await again.state()).account).toMatchObject({ current: null, sharingAs: null })
    await asker.until((state) => !shares(state), 'the end')
  })

  it('keeps neither the root key nor a pool key, in a file that nobody else may read', async () => {
    const { giver } = await pool(['secretive', 'curious'])
    valueOf(await giver.peer.call('account.setKeepSharing', { password, isEnabled: true }))
    const { recoveryPhrase } = valueOf(await giver.peer.call('account.recoveryPhrase', { password }))
    const { folder } = await accountFolder(giver)
    const path = join(folder, 'service.json')
    expect((await stat(path)).mode & 0o077).toBe(0)
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ protection: 'file' })
    const opened = valueOf(await openServiceVault(folder, noKeychain))
    expect(opened?.vault.contents).toMatchObject({ entropy: null, previousDevices: [] })
    expect(opened?.vault.contents.memberships.map(({ poolSecretKey }) => poolSecretKey)).toEqual([null, null])
    expect(opened?.vault.recoveryPhrase).toBeNull()
    valueOf(await giver.peer.call('account.logOut', {}))
    for (const words of [recoveryPhrase, password]) expect(await readFile(path, 'utf8')).not.toContain(words)
    // It opens nothing but the service: signing in takes the password as before.
    expect(codeOf(await giver.peer.call('account.unlock', { username: 'secretive', password: 'x'.repeat(9) }))).toBe(
      'password_wrong',
    )
  })

  it('lies in the keychain where there is one, and stays closed where that one is missing', async () => {
    const keychain = testKeychain()
    const { giver } = await pool(['locked', 'waiting'], keychain)
    valueOf(await giver.peer.call('account.setKeepSharing', { password, isEnabled: true }))
    const { folder } = await accountFolder(giver)
    expect(JSON.parse(await readFile(join(folder, 'service.json'), 'utf8'))).toMatchObject({ protection: 'keychain' })
    await giver.stop()
    const without = await start('locked', { directory: giver.directory })
    expect((await without.state()).account.sharingAs).toBeNull()
    // Whoever signs in there is not said to share after a log out, and the key is not put into a file for it.
    await without.unlock()
    expect((await without.state()).account.current?.keepsSharing).toBe(false)
    valueOf(await without.peer.call('account.logOut', {}))
    expect((await without.state()).account.sharingAs).toBeNull()
    expect(JSON.parse(await readFile(join(folder, 'service.json'), 'utf8'))).toMatchObject({ protection: 'keychain' })
    await without.stop()
    const withIt = await start('locked', { directory: giver.directory, keychain })
    expect((await withIt.state()).account.sharingAs).toMatchObject({ username: 'locked' })
  })

  it('is refused where the keychain does not take the key, rather than put into a file', async () => {
    const keychain: Keychain = { ...testKeychain(), seal: () => Promise.resolve(null) }
    const peer = await start('refused', { keychain })
    await peer.signUp()
    const set = await peer.peer.call('account.setKeepSharing', { password, isEnabled: true })
    expect(codeOf(set)).toBe('keychain_unavailable')
    expect((await peer.state()).account.current?.keepsSharing).toBe(false)
    const { folder } = await accountFolder(peer)
    expect(await readdir(folder)).not.toContain('service.json')
  })

  it('does not start from a profile that was copied: two computers must not be one device', async () => {
    const { giver } = await pool(['copied', 'friend'])
    valueOf(await giver.peer.call('account.setKeepSharing', { password, isEnabled: true }))
    await giver.stop()
    const directory = `${giver.directory}-copy`
    await cp(giver.directory, directory, { recursive: true })
    const copy = await start('copied', { directory })
    expect((await copy.state()).account.sharingAs).toBeNull()
    await copy.unlock()
    expect((await copy.state()).account).toMatchObject({ copiedProfile: true, current: { keepsSharing: true } })
  })
})
