import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { accountIdSchema } from '../../contract/ids.ts'
import { makeAccountFixture, valueOf, type AccountFixture } from '../testing/account-fixture.ts'
import { accountDirectory } from '../account-folders.ts'
import { verifyDeviceList } from '../records/device-list.ts'
import { labelKeyOf } from './label-key.ts'
import { signedDeviceList } from '../own-devices.ts'

/** A vault as the first version wrote it, with the password and the device it was written for. */
const old = join(import.meta.dirname, '..', 'testing', 'vault-format-1.json')
const sam = { username: 'Sam', password: 'correct horse' }
const recoveryPhrase = 'holiday arena capable gather elegant glue wreck vacuum happy light shadow dentist'
const accountId = accountIdSchema.parse('6bf2d929009de7095bc559750d3bd8f1f9f54742c07667cc2dde345cd5aa71f7')
const deviceId = '5b78e95197cf1781b33178e52758d54e7eae979c54a1b58217ec1fd50c2dc8a7'

let fixture: AccountFixture
let path: string

beforeEach(async () => {
  fixture = await makeAccountFixture()
  const directory = accountDirectory(fixture.profileDir, accountId)
  await mkdir(directory, { recursive: true })
  path = join(directory, 'vault.json')
  await copyFile(old, path)
})
afterEach(() => fixture.remove())

it('opens a vault of the first version with its password, and keeps what was in it', async () => {
  const vault = valueOf(await fixture.open().unlock(sam))
  expect(vault.accountId).toBe(accountId)
  expect(vault.contents.memberships.map(({ poolName }) => poolName)).toEqual(['Friends'])
  // It was written on another computer: the old device stays listed beside the one that opened it.
  expect(vault.isCopied).toBe(true)
  const list = signedDeviceList(vault.contents)
  const devices = list && verifyDeviceList(list)?.devices.map(({ device }) => device)
  expect(devices).toEqual([deviceId, vault.identity.deviceId])
  expect(labelKeyOf(vault.contents)).toHaveLength(32)
})

it('opens it with its recovery phrase as well', async () => {
  const vault = valueOf(
    await fixture.open().restore({ ...sam, password: 'another password', recoveryPhrase, areOthersLost: false }),
  )
  expect(vault.contents.memberships).toHaveLength(1)
})

it('writes it in the new format with the next change, and opens it again', async () => {
  const vault = valueOf(await fixture.open().unlock(sam))
  valueOf(await vault.update((contents) => ({ ...contents, deviceName: 'New name' })))
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ format: 2 })
  await rm(path.replace('vault.json', 'vault.previous.json'), { force: true })
  expect(valueOf(await fixture.open().unlock(sam)).contents.deviceName).toBe('New name')
})
