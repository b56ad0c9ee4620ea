import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { codeOf, makeAccountFixture, valueOf, type AccountFixture } from './testing/account-fixture.ts'
import { verifyDeviceList } from './records/device-list.ts'
import { currentList, ownDevice, rootKeyFor, signedDeviceList, withDevices } from './own-devices.ts'
import { poolIdOf } from './ids.ts'

const password = 'correct horse'
const sam = { username: 'Sam', password }

let fixture: AccountFixture
beforeEach(async () => {
  fixture = await makeAccountFixture()
})
afterEach(() => fixture.remove())

async function signUp() {
  return valueOf(await fixture.open().signUp(sam))
}

describe('signing up', () => {
  it('makes an account that its password opens after a restart', async () => {
    const { vault, recoveryPhrase } = await signUp()
    expect(recoveryPhrase.split(' ')).toHaveLength(12)
    const again = valueOf(await fixture.open().unlock(sam))
    expect(again.identity).toEqual(vault.identity)
    expect(again.contents).toEqual(vault.contents)
    expect(again.recoveryPhrase).toBe(recoveryPhrase)
    expect(again.isCopied).toBe(false)
  })

  it('signs a device list with this device, without its name', async () => {
    const { vault } = await signUp()
    const signed = signedDeviceList(vault.contents)
    expect(signed && verifyDeviceList(signed)).toMatchObject({
      account: vault.accountId,
      devices: [{ device: vault.identity.deviceId, name: null }],
    })
  })

  it('keeps several accounts apart', async () => {
    const store = fixture.open()
    const first = valueOf(await store.signUp(sam)).vault
    fixture.nowMs += 1
    const second = valueOf(await store.signUp({ username: 'Kim', password: 'another password' })).vault
    expect(first.identity.deviceId).not.toBe(second.identity.deviceId)
    expect(valueOf(await store.list()).map(({ username }) => username)).toEqual(['Sam', 'Kim'])
    expect(codeOf(await store.unlock({ username: 'Kim', password }))).toBe('password_wrong')
    expect(valueOf(await store.unlock({ username: 'kim', password: 'another password' })).accountId).toBe(
      second.accountId,
    )
  })

  it('refuses a username that is taken, whatever its case, also when asked twice at once', async () => {
    const store = fixture.open()
    const results = await Promise.all([store.signUp(sam), store.signUp({ ...sam, username: ' sAM ' })])
    expect(results.map(codeOf)).toEqual(['ok', 'username_taken'])
  })

  it('refuses usernames and passwords that break the rules', async () => {
    const store = fixture.open()
    const names = ['', 'a', '../etc', 'two words', 'a'.repeat(33), '.hidden', 'new\nline', '𝒜'.repeat(20)]
    const codes = await Promise.all(names.map(async (username) => codeOf(await store.signUp({ username, password }))))
    expect(codes).toEqual(names.map(() => 'username_invalid'))
    expect(codeOf(await store.signUp({ username: 'Sam', password: 'short' }))).toBe('password_too_short')
    expect(codeOf(await store.signUp({ username: 'Zoë_2.ナナ', password }))).toBe('ok')
  })
})

describe('unlocking', () => {
  it('refuses a wrong password and an unknown name, and changes nothing', async () => {
    await signUp()
    const store = fixture.open()
    expect(codeOf(await store.unlock({ ...sam, password: 'wrong password' }))).toBe('password_wrong')
    expect(codeOf(await store.unlock({ ...sam, password: '' }))).toBe('password_wrong')
    expect(codeOf(await store.unlock({ ...sam, username: 'Nobody' }))).toBe('account_unknown')
    expect(codeOf(await store.unlock(sam))).toBe('ok')
  })

  it('slows down after three wrong passwords, even for the right one', async () => {
    const { vault } = await signUp()
    const store = fixture.open()
    for (let attempt = 0; attempt < 3; attempt++) await store.unlock({ ...sam, password: 'wrong' })
    expect(codeOf(await store.unlock(sam))).toBe('slow_down')
    expect(codeOf(await store.confirmPassword(vault, password))).toBe('slow_down')
    fixture.nowMs += 1_000
    expect(codeOf(await store.unlock(sam))).toBe('ok')
  })

  it('finds an account whose card is damaged, and mends the card', async () => {
    const { vault } = await signUp()
    const card = join(vault.directory, 'account.json')
    const whole = await readFile(card, 'utf8')
    await writeFile(card, whole.slice(0, 30))
    valueOf(await fixture.open().unlock(sam))
    expect(await readFile(card, 'utf8')).toBe(whole)
  })

  it('confirms the password of an open account', async () => {
    const { vault } = await signUp()
    const store = fixture.open()
    expect(codeOf(await store.confirmPassword(vault, 'wrong password'))).toBe('password_wrong')
    expect(codeOf(await store.confirmPassword(vault, password))).toBe('ok')
  })
})

describe('changing the password', () => {
  it('leaves no copy of the vault that the old one opens', async () => {
    const { vault } = await signUp()
    const store = fixture.open()
    expect(codeOf(await store.changePassword(vault, sam.password, 'short'))).toBe('password_too_short')
    expect(codeOf(await store.changePassword(vault, 'not the old one', 'new password'))).toBe('password_wrong')
    valueOf(await store.changePassword(vault, sam.password, 'new password'))
    expect(codeOf(await store.unlock(sam))).toBe('password_wrong')
    await rm(join(vault.directory, 'vault.json'))
    expect(codeOf(await store.unlock(sam))).toBe('password_wrong')
    expect(codeOf(await store.unlock({ ...sam, password: 'new password' }))).toBe('ok')
  })
})

describe('a copied profile', () => {
  it('gets a new device key under the same account; the original keeps its own', async () => {
    const { vault } = await signUp()
    const copyDir = join(dirname(fixture.profileDir), 'copy')
    await cp(fixture.profileDir, copyDir, { recursive: true, preserveTimestamps: true })
    const copy = valueOf(await fixture.open(copyDir).unlock(sam))
    expect(copy.isCopied).toBe(true)
    expect(copy.accountId).toBe(vault.accountId)
    expect(copy.identity.deviceId).not.toBe(vault.identity.deviceId)
    expect(copy.contents.previousDevices.map(({ deviceId }) => deviceId)).toEqual([vault.identity.deviceId])
    expect(copy.contents.deviceListNumber).toBeGreaterThan(vault.contents.deviceListNumber)
    expect(copy.contents.devices.map(({ device }) => device)).toEqual([vault.identity.deviceId, copy.identity.deviceId])
    expect(copy.contents.localKey).toEqual(vault.contents.localKey)
    const again = valueOf(await fixture.open(copyDir).unlock(sam))
    expect([again.isCopied, again.identity.deviceId]).toEqual([false, copy.identity.deviceId])
    expect(valueOf(await fixture.open().unlock(sam)).identity.deviceId).toBe(vault.identity.deviceId)
  })

  it('is told from one that was renamed', async () => {
    const { vault } = await signUp()
    const renamed = join(dirname(fixture.profileDir), 'renamed')
    await rename(fixture.profileDir, renamed)
    const again = valueOf(await fixture.open(renamed).unlock(sam))
    expect([again.isCopied, again.identity.deviceId]).toEqual([false, vault.identity.deviceId])
  })
})

describe('restoring with the recovery phrase', () => {
  const membership = {
    poolId: poolIdOf(new Uint8Array(32).fill(3)),
    poolName: 'Family',
    kind: 'shared',
    poolSecretKey: new Uint8Array(64).fill(4),
    inviteProof: new Uint8Array([1, 2, 3]),
    joinedAtMs: 5,
  } as const

  it('brings the account back on a bare computer, with a device key of its own', async () => {
    const { vault, recoveryPhrase } = await signUp()
    const bare = fixture.open(join(dirname(fixture.profileDir), 'bare'))
    fixture.nowMs += 60_000
    const input = { username: 'Sammy', password: 'new password', recoveryPhrase, areOthersLost: true }
    const restored = valueOf(await bare.restore(input))
    expect(restored.accountId).toBe(vault.accountId)
    expect(restored.identity.deviceId).not.toBe(vault.identity.deviceId)
    expect(restored.contents.deviceListNumber).toBeGreaterThan(vault.contents.deviceListNumber)
    expect(restored.contents.recoveryPhraseSaved).toBe(true)
    expect(codeOf(await bare.unlock(input))).toBe('ok')
  })

  it('keeps device and pools where only the password was forgotten', async () => {
    const { vault, recoveryPhrase } = await signUp()
    valueOf(await vault.update((contents) => ({ ...contents, memberships: [membership] })))
    const input = { username: 'sam', password: 'new password', recoveryPhrase, areOthersLost: false }
    const restored = valueOf(await fixture.open().restore(input))
    expect(restored.contents.memberships).toEqual([membership])
    expect(restored.identity.deviceId).toBe(vault.identity.deviceId)
    expect(codeOf(await fixture.open().unlock(sam))).toBe('password_wrong')
    expect(codeOf(await fixture.open().unlock(input))).toBe('ok')
  })

  it('unlinks the others where they are lost, also if its vault is still here', async () => {
    const { vault, recoveryPhrase } = await signUp()
    const other = ownDevice(new Uint8Array(32).fill(7), 'Laptop', fixture.nowMs)
    const root = rootKeyFor(vault.contents)
    if (!root.ok) throw new Error('The first device holds the root key')
    const both = [...vault.contents.devices, other]
    valueOf(await vault.update((contents) => withDevices(contents, root.value, both, fixture.nowMs)))
    const restore = async (areOthersLost: boolean) =>
      valueOf(await fixture.open().restore({ ...sam, recoveryPhrase, areOthersLost })).contents
    expect((await restore(false)).devices).toHaveLength(2)
    fixture.nowMs += 5_000
    const alone = await restore(true)
    expect(alone.devices.map(({ device }) => device)).toEqual([vault.identity.deviceId])
    expect(currentList(alone)?.restoredAtMs).toBe(fixture.nowMs)
  })

  it('sets a damaged vault aside and starts again under the same account', async () => {
    const { vault, recoveryPhrase } = await signUp()
    await writeFile(join(vault.directory, 'vault.json'), 'damaged')
    await writeFile(join(vault.directory, 'vault.previous.json'), 'damaged too')
    expect(codeOf(await fixture.open().unlock(sam))).toBe('vault_corrupt')
    const restored = valueOf(await fixture.open().restore({ ...sam, recoveryPhrase, areOthersLost: false }))
    expect(restored.accountId).toBe(vault.accountId)
    expect(restored.identity.deviceId).not.toBe(vault.identity.deviceId)
    const names = await readdir(vault.directory)
    expect(names.filter((name) => name.includes('.corrupt-2026-01-01'))).toHaveLength(2)
    expect(codeOf(await fixture.open().unlock(sam))).toBe('ok')
  })

  it('refuses a wrong phrase and a name that belongs to somebody else here', async () => {
    const { recoveryPhrase } = await signUp()
    const store = fixture.open()
    valueOf(await store.signUp({ username: 'Kim', password }))
    expect(codeOf(await store.restore({ ...sam, recoveryPhrase: 'not a phrase', areOthersLost: false }))).toBe(
      'phrase_invalid',
    )
    expect(codeOf(await store.restore({ username: 'KIM', password, recoveryPhrase, areOthersLost: false }))).toBe(
      'username_taken',
    )
  })
})
