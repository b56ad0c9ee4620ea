import type { DeviceId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { randomBytes, seedBytes, type KeyPair } from '../crypto/keys.ts'
import { toHex } from '../crypto/encoding.ts'
import { packSigned, unpackSigned, type SignedBytes } from '../crypto/signed-record.ts'
import {
  createDeviceList,
  maxDevices,
  nextListNumber,
  replacesDeviceList,
  verifyDeviceList,
} from './records/device-list.ts'
import { deviceKeyPair, serviceKeyPair } from './identity.ts'
import { accountIdOf, deviceIdOf } from './ids.ts'
import { entropyOf, rootKeyPair } from './vault/recovery-phrase.ts'
import type { OwnDevice, VaultContents } from './vault/vault-contents.ts'

/** Name of a device that was listed elsewhere, until that device tells its name. */
export const unknownDeviceName = 'Computer'

/** The row of this install in its account's device list. */
export function ownDevice(deviceSeed: Uint8Array, name: string, addedAtMs: number): OwnDevice {
  return {
    device: deviceIdOf(deviceKeyPair(deviceSeed).publicKey),
    service: toHex(serviceKeyPair(deviceSeed).publicKey),
    name,
    addedAtMs,
  }
}

/** Contents with these devices, in a new list signed with the account's root key. */
export function withDevices(
  contents: VaultContents,
  root: KeyPair,
  devices: readonly OwnDevice[],
  nowMs: number,
): VaultContents {
  const deviceListNumber = nextListNumber(contents.deviceListNumber, nowMs)
  const kept = devices.slice(-maxDevices)
  return { ...contents, deviceListNumber, devices: kept, deviceList: sign(root, deviceListNumber, kept) }
}

/**
 * Contents with a list that another device of the account made; null if it is another account's or not newer.
 * The list has no names, so those we know are kept.
 */
export function withNewerList(contents: VaultContents, signed: SignedBytes): VaultContents | null {
  const list = verifyDeviceList(signed)
  const known = signedDeviceList(contents)
  if (list?.account !== contents.accountId || (known && !replacesDeviceList(signed, known))) return null
  const names = new Map(contents.devices.map(({ device, name }) => [device, name]))
  const devices = list.devices.map(({ device, service, addedAtMs }) => ({
    device,
    service,
    addedAtMs,
    name: names.get(device) ?? unknownDeviceName,
  }))
  return { ...contents, deviceListNumber: list.number, devices, deviceList: packSigned(signed) }
}

/** Contents with another name for this install. */
export function withOwnName(contents: VaultContents, deviceName: string): VaultContents {
  const self = ownDeviceId(contents)
  const devices = contents.devices.map((row) => (row.device === self ? { ...row, name: deviceName } : row))
  return { ...contents, deviceName, devices }
}

/** Whether this install is one of its account's devices; false once another device has unlinked it. */
export function isListed(contents: VaultContents): boolean {
  const self = ownDeviceId(contents)
  return contents.devices.some(({ device }) => device === self)
}

export function ownDeviceId(contents: VaultContents): DeviceId {
  return deviceIdOf(deviceKeyPair(contents.deviceSeed).publicKey)
}

/**
 * Contents with a new device key, for a profile that was copied or restored.
 *
 * The old device stays listed: where a profile was copied, the original still runs as that device.
 * Without the root key the new device cannot be listed, and has to be linked again.
 */
export function withNewDevice(contents: VaultContents, installMarker: string, nowMs: number): VaultContents {
  const deviceSeed = randomBytes(seedBytes)
  const retired = { deviceId: ownDeviceId(contents), deviceSeed: contents.deviceSeed, retiredAtMs: nowMs }
  const renewed = {
    ...contents,
    deviceSeed,
    installMarker,
    previousDevices: [...contents.previousDevices, retired].slice(-maxDevices),
  }
  if (!contents.entropy) return renewed
  const device = ownDevice(deviceSeed, contents.deviceName, nowMs)
  return withDevices(renewed, rootKeyPair(contents.entropy), [...contents.devices, device], nowMs)
}

/** The account's device list, ready to show to peers. Null in old contents of a device without the root key. */
export function signedDeviceList(contents: VaultContents): SignedBytes | null {
  if (contents.deviceList) return unpackSigned(contents.deviceList)
  if (!contents.entropy) return null
  return unpackSigned(sign(rootKeyPair(contents.entropy), contents.deviceListNumber, contents.devices))
}

/** Names are left out: the list is shown to everybody in the account's pools. */
function sign(root: KeyPair, number: number, devices: readonly OwnDevice[]): Uint8Array {
  const listed = devices.map((device) => ({ ...device, name: null }))
  return packSigned(createDeviceList(root, number, listed))
}

/** The root key: of the vault, or of a recovery phrase where the vault holds none. */
export function rootKeyFor(contents: VaultContents, recoveryPhrase?: string): Result<KeyPair> {
  if (contents.entropy) return ok(rootKeyPair(contents.entropy))
  if (!recoveryPhrase?.trim()) return fail('root_key_needed')
  const entropy = entropyOf(recoveryPhrase)
  if (!entropy.ok) return entropy
  const root = rootKeyPair(entropy.value)
  return accountIdOf(root.publicKey) === contents.accountId ? ok(root) : fail('phrase_invalid')
}
