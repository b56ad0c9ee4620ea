import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toHex, bytesOfText } from '../../crypto/encoding.ts'
import { hash } from '../../crypto/hash.ts'
import { codeOf, makeAccountFixture, valueOf, type AccountFixture } from '../testing/account-fixture.ts'
import type { Vault } from './vault.ts'

const sam = { username: 'Sam', password: 'correct horse' }

let fixture: AccountFixture
let vault: Vault
let path: string
let previousPath: string

beforeEach(async () => {
  fixture = await makeAccountFixture()
  vault = valueOf(await fixture.open().signUp(sam)).vault
  path = join(vault.directory, 'vault.json')
  previousPath = join(vault.directory, 'vault.previous.json')
})
afterEach(() => fixture.remove())

const rename = (deviceName: string) => vault.update((contents) => ({ ...contents, deviceName }))
const nameAfterUnlock = async (): Promise<string> => valueOf(await fixture.open().unlock(sam)).contents.deviceName

describe('a vault', () => {
  it('keeps what was changed without the password, in order', async () => {
    await Promise.all([rename('one'), rename('two'), rename('three')])
    expect(await nameAfterUnlock()).toBe('three')
  })

  it('shows no secret and no device name on disk', async () => {
    const text = (await readFile(path, 'utf8')) + (await readFile(join(vault.directory, 'account.json'), 'utf8'))
    const { deviceSeed, localKey, entropy } = vault.contents
    for (const secret of [deviceSeed, localKey, entropy ?? deviceSeed]) expect(text).not.toContain(toHex(secret))
    for (const word of [sam.password, 'Test computer']) expect(text).not.toContain(word)
  })

  it('takes no change after it is locked, and holds no key', async () => {
    await vault.lock()
    await vault.lock()
    expect(codeOf(await rename('late'))).toBe('not_signed_in')
    expect(codeOf(await vault.changePassword('new password', { memoryBytes: 8_192, operations: 1 }))).toBe(
      'not_signed_in',
    )
    expect(vault.identity.device.secretKey).toEqual(new Uint8Array(64))
    expect(vault.contents.deviceSeed).toEqual(new Uint8Array(32))
  })

  it('falls back to the copy before, wherever the newest is changed or cut', async () => {
    await rename('before')
    await rename('newest')
    const whole = await readFile(path)
    for (let at = 0; at < whole.byteLength; at += 37) {
      const flipped = Buffer.from(whole)
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at)
      for (const damaged of [flipped, whole.subarray(0, at)]) {
        await writeFile(path, damaged)
        expect(await nameAfterUnlock()).toBe('before')
      }
    }
    await writeFile(path, whole)
    expect(await nameAfterUnlock()).toBe('newest')
  })

  it('does not let a damaged newest copy push out the good one', async () => {
    await rename('before')
    await rename('newest')
    await writeFile(path, 'damaged')
    vault = valueOf(await fixture.open().unlock(sam))
    await rename('mended')
    await writeFile(path, 'damaged again')
    expect(await nameAfterUnlock()).toBe('before')
  })

  it('is corrupt, not wrong, when both copies are damaged; nothing is deleted', async () => {
    await rename('newest')
    await writeFile(path, '')
    await writeFile(previousPath, '{}')
    expect(codeOf(await fixture.open().unlock(sam))).toBe('vault_corrupt')
    expect(await readFile(previousPath, 'utf8')).toBe('{}')
    expect(valueOf(await fixture.open().list()).map(({ username }) => username)).toEqual(['Sam'])
  })

  it('says when it was written by a newer version, and is left as it is', async () => {
    const body = '{"something":"new"}'
    const checksum = toHex(hash('kith/vault-file', bytesOfText('3'), bytesOfText(body)))
    const newer = JSON.stringify({ format: 3, checksum, body })
    await writeFile(path, newer)
    const { recoveryPhrase } = vault
    expect(codeOf(await fixture.open().unlock(sam))).toBe('vault_newer')
    expect(
      codeOf(await fixture.open().restore({ ...sam, recoveryPhrase: recoveryPhrase ?? '', areOthersLost: false })),
    ).toBe('vault_newer')
    expect(await readFile(path, 'utf8')).toBe(newer)
  })
})
