import { describe, expect, it } from 'vitest'
import { randomBytes } from '../crypto/keys.ts'
import { packSigned } from '../crypto/signed-record.ts'
import { verifyDeviceList } from './records/device-list.ts'
import { grantOf, vouchesFor } from './linking-grant.ts'
import { withHeardList } from './heard-list.ts'
import { linkedContents, rootContents } from './new-account.ts'
import {
  isListed,
  ownDevice,
  ownDeviceId,
  signedDeviceList,
  withDeviceName,
  withDevices,
  withHeardNames,
  withNewDevice,
} from './own-devices.ts'
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

  it('passes a name on to the other computer, whichever of them gave it, and the latest word counts', () => {
    const { desk, laptop } = pair()
    const names = ({ devices }: VaultContents): string[] => devices.map(({ name }) => name)
    const [deskId, laptopId] = [ownDeviceId(desk), ownDeviceId(laptop)]
    const renamed = withDeviceName(desk, laptopId, 'Kitchen', nowMs)
    const heard = withHeardNames(laptop, deskId, renamed.devices, nowMs)
    expect([names(heard), heard.deviceName]).toEqual([['Desk', 'Kitchen'], 'Kitchen'])
    // An older word changes nothing, not even the object.
    expect(withHeardNames(heard, deskId, desk.devices, nowMs)).toBe(heard)
    const again = withDeviceName(heard, laptopId, 'Sofa', 0)
    expect(names(withHeardNames(renamed, laptopId, again.devices, nowMs))).toEqual(['Desk', 'Sofa'])
    expect(names(withHeardList(again, listOf(withDevices(desk, root, desk.devices, nowMs)), nowMs) ?? desk)).toEqual([
      'Desk',
      'Sofa',
    ])
  })

  it('never has two computers of one name', () => {
    const { desk, laptop } = pair()
    const [deskId, laptopId] = [ownDeviceId(desk), ownDeviceId(laptop)]
    expect(withDeviceName(laptop, laptopId, 'desk', nowMs).deviceName).toBe('desk 2')
    // Both were given one name while apart: the one that was added later takes another.
    const apart = withDeviceName({ ...laptop, devices: laptop.devices.slice(1) }, laptopId, 'Desk', nowMs)
    const met = withHeardNames(
      { ...apart, devices: [...desk.devices.slice(0, 1), ...apart.devices] },
      deskId,
      [],
      nowMs,
    )
    expect([apart.deviceName, met.deviceName]).toEqual(['Desk', laptopId < deskId ? 'Desk' : 'Desk 2'])
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
