import { describe, expect, it } from 'vitest'
import { randomBytes } from '../crypto/keys.ts'
import { packSigned } from '../crypto/signed-record.ts'
import { verifyDeviceList } from './records/device-list.ts'
import { grantOf, vouchesFor } from './linking-grant.ts'
import { withHeardList } from './heard-list.ts'
import { linkedContents, rootContents } from './new-account.ts'
import { isListed, ownDevice, signedDeviceList, withDevices, withNewDevice } from './own-devices.ts'
import { newEntropy, rootKeyPair } from './vault/recovery-phrase.ts'
import type { VaultContents } from './vault/vault-contents.ts'

const entropy = newEntropy()
const root = rootKeyPair(entropy)
const nowMs = Date.UTC(2026, 10, 1)

const first = (): VaultContents => rootContents(entropy, { deviceName: 'Desk', installMarker: 'a', nowMs }, true)

/** The account on two computers: the one with the root key, and one that was linked to it. */
function pair(): { desk: VaultContents; laptop: VaultContents } {
  const seed = randomBytes(32)
  const row = ownDevice(seed, 'Laptop', nowMs)
  const before = first()
  const desk = withDevices(before, root, [...before.devices, row], nowMs)
  const grant = grantOf(desk, 'sam')
  expect(vouchesFor(grant, row)).toBe(true)
  const laptop = linkedContents(grant, { deviceSeed: seed, deviceName: 'Laptop', installMarker: 'b' }, null)
  return { desk, laptop }
}

const listOf = (contents: VaultContents) => {
  const signed = signedDeviceList(contents)
  if (!signed) throw new Error('no list')
  return signed
}

describe('the devices of an account', () => {
  it('shows the same root-signed list from both computers, without names', () => {
    const { desk, laptop } = pair()
    expect(packSigned(listOf(laptop))).toEqual(packSigned(listOf(desk)))
    expect(verifyDeviceList(listOf(laptop))?.devices.map(({ name }) => name)).toEqual([null, null])
    expect(laptop.devices.map(({ name }) => name)).toEqual(['Desk', 'Laptop'])
    expect(laptop.entropy).toBeNull()
  })

  it('takes a newer list from another device, keeps the names it knows, and knows when it was unlinked', () => {
    const { desk, laptop } = pair()
    const without = withDevices(desk, root, [desk.devices[0] ?? ownDevice(randomBytes(32), 'x', 0)], nowMs)
    const heard = withHeardList(laptop, listOf(without), nowMs)
    expect(heard?.devices).toMatchObject([{ name: 'Desk' }])
    expect([isListed(laptop), heard && isListed(heard)]).toEqual([true, false])
    // What it shows from now on is what it heard: it cannot go back to the older one.
    expect(heard && withHeardList(heard, listOf(laptop), nowMs)).toBeNull()
  })

  it('takes no list of another account, however high its number', () => {
    const { laptop } = pair()
    const entropyOfOther = newEntropy()
    const other = rootContents(entropyOfOther, { deviceName: 'x', installMarker: 'c', nowMs }, true)
    const high = withDevices(other, rootKeyPair(entropyOfOther), other.devices, nowMs + 1e9)
    expect(withHeardList(laptop, listOf(high), nowMs)).toBeNull()
  })

  it('cannot list a new device key without the root key', () => {
    const { desk, laptop } = pair()
    expect(isListed(withNewDevice(desk, 'd', nowMs))).toBe(true)
    expect(isListed(withNewDevice(laptop, 'd', nowMs))).toBe(false)
  })

  it('grants neither the root key nor the key of a pool', () => {
    const poolSecretKey = randomBytes(64)
    const contents: VaultContents = {
      ...first(),
      memberships: [
        {
          poolId: 'ab'.repeat(32) as never,
          poolName: 'P',
          kind: 'shared',
          poolSecretKey,
          inviteProof: null,
          joinedAtMs: 1,
        },
      ],
    }
    const grant = grantOf(contents, 'sam')
    expect(grant.memberships[0]?.poolSecretKey).toBeNull()
    const bytes = Buffer.from(
      JSON.stringify(grant, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      ),
    )
    for (const secret of [entropy, root.secretKey, poolSecretKey, contents.localKey, contents.deviceSeed]) {
      expect(bytes.includes(Buffer.from(secret).toString('hex'))).toBe(false)
    }
  })

  it('refuses a grant whose list does not name the device or its service key', () => {
    const { desk } = pair()
    const grant = grantOf(desk, 'sam')
    expect(vouchesFor(grant, ownDevice(randomBytes(32), 'stranger', nowMs))).toBe(false)
    const [row] = desk.devices
    expect(vouchesFor(grant, { device: row?.device ?? ('' as never), service: 'ab'.repeat(32) })).toBe(false)
  })
})
