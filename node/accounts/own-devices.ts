import { kithError, type KithError } from '../contract/errors.ts'
import type { DeviceId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { randomBytes, seedBytes, type KeyPair } from '../crypto/keys.ts'
import { toHex } from '../crypto/encoding.ts'
import { packSigned, unpackSigned, type SignedBytes } from '../crypto/signed-record.ts'
import {
  createDeviceList,
  maxDevices,
  nextListNumber,
  verifyDeviceList,
  type DeviceList,
  type NewDeviceList,
} from './records/device-list.ts'
import { deviceKeyPair, serviceKeyPair } from './identity.ts'
import { distinctDeviceName, unknownDeviceName } from './device-name.ts'
import { accountIdOf, deviceIdOf } from './ids.ts'
import { entropyOf, rootKeyPair } from './vault/recovery-phrase.ts'
import type { OwnDevice, VaultContents } from './vault/vault-contents.ts'

/** The row of this install in its account's device list. */
export function ownDevice(deviceSeed: Uint8Array, name: string, addedAtMs: number): OwnDevice {
  return {
    device: deviceIdOf(deviceKeyPair(deviceSeed).publicKey),
    service: toHex(serviceKeyPair(deviceSeed).publicKey),
    name,
    addedAtMs,
  }
}

/** Contents with these devices, in a new list signed with the account's root key; those left out are unlinked. */
export function withDevices(
  contents: VaultContents,
  root: KeyPair,
  devices: readonly OwnDevice[],
  nowMs: number,
): VaultContents {
  const list = currentList(contents)
  const kept = devices.slice(-maxDevices)
  const isKept = (device: DeviceId): boolean => kept.some((row) => row.device === device)
  const gone = contents.devices.map(({ device }) => device).filter((device) => !isKept(device))
  const removed = [...(list?.removed ?? []).filter((device) => !isKept(device)), ...gone]
  return withList(contents, root, { number: nextNumber(contents, nowMs), devices: kept, removed, floor: list?.floor })
}

/** Contents with this install as the account's only device: every list before this one counts for nothing. */
export function withoutOthers(contents: VaultContents, root: KeyPair, nowMs: number): VaultContents {
  const self = ownDeviceId(contents)
  const devices = contents.devices.filter(({ device }) => device === self)
  const number = nextListNumber(contents.deviceListNumber, nowMs)
  return withList({ ...contents, joinsOthers: false }, root, { number, devices, floor: number })
}

/** Contents with devices in a list as it is to be signed. */
export function withList(
  contents: VaultContents,
  root: KeyPair,
  list: { number: number; devices: readonly OwnDevice[]; removed?: readonly DeviceId[]; floor?: number | undefined },
): VaultContents {
  const { number, devices, removed = [], floor = 0 } = list
  return {
    ...contents,
    deviceListNumber: number,
    devices: [...devices],
    deviceList: sign(root, { number, devices, removed, floor }),
  }
}

/**
 * The number of the next list this install makes.
 *
 * Where it was restored beside others it stays just above what it has heard, so that a list of theirs
 * which it has not heard yet still wins.
 */
export function nextNumber(contents: VaultContents, nowMs: number, above = contents.deviceListNumber): number {
  return contents.joinsOthers === true ? above + 1 : nextListNumber(above, nowMs)
}

/** The account's newest list, as it was signed. */
export function currentList(contents: VaultContents): DeviceList | null {
  const signed = signedDeviceList(contents)
  return signed && verifyDeviceList(signed)
}

/** Why this device is no longer one of its account's. */
export function whyUnlinked(contents: VaultContents): KithError {
  const list = currentList(contents)
  if (!list || list.restoredAtMs === null) return kithError('device_unlinked')
  // Of a copied profile the device before it is still listed, and only a new link is missing.
  const before = new Set(contents.previousDevices.map(({ deviceId }) => deviceId))
  const isCopy = list.devices.some(({ device }) => before.has(device))
  if (isCopy || list.removed.includes(ownDeviceId(contents))) return kithError('device_unlinked')
  return kithError('restored_elsewhere', { date: new Date(list.restoredAtMs).toISOString().slice(0, 10) })
}

/**
 * Contents with another name for one of the account's devices; a number is added where another one has it already.
 * The latest word about a name counts, whichever device it comes from.
 */
export function withDeviceName(contents: VaultContents, device: DeviceId, name: string, nowMs: number): VaultContents {
  const taken = contents.devices.filter((row) => row.device !== device).map((row) => row.name)
  const distinct = distinctDeviceName(name, taken)
  const devices = contents.devices.map((row) =>
    row.device === device ? { ...row, name: distinct, namedAtMs: Math.max(nowMs, (row.namedAtMs ?? 0) + 1) } : row,
  )
  return withRows(contents, devices)
}

/** What a device of the account says that one of them is called. */
export type HeardName = Pick<OwnDevice, 'device' | 'name' | 'namedAtMs'>

/** Contents with the names that another device of the account told; the same contents where they tell nothing new. */
export function withHeardNames(
  contents: VaultContents,
  from: DeviceId,
  heard: readonly HeardName[],
  nowMs: number,
): VaultContents {
  const words = new Map(heard.map((word) => [word.device, word]))
  const devices = contents.devices.map((row) => {
    const word = words.get(row.device)
    if (!word || !isNews(row, word, from, ownDeviceId(contents))) return row
    const { device, service, addedAtMs } = row
    const { name, namedAtMs } = word
    return { device, service, addedAtMs, name, ...(namedAtMs === undefined ? {} : { namedAtMs }) }
  })
  const isSame = devices.every((row, at) => row === contents.devices[at])
  return withDistinctOwnName(isSame ? contents : withRows(contents, devices), nowMs)
}

/** A later word counts; without times each device names itself, and any word is better than none. */
function isNews(row: OwnDevice, word: HeardName, from: DeviceId, self: DeviceId): boolean {
  const knownAtMs = row.namedAtMs ?? 0
  const heardAtMs = word.namedAtMs ?? 0
  if (heardAtMs !== knownAtMs) return heardAtMs > knownAtMs
  if (row.device === self || word.name === row.name) return false
  return row.device === from || row.name === unknownDeviceName
}

/** Where two devices have one name, the one that was added later takes another. */
function withDistinctOwnName(contents: VaultContents, nowMs: number): VaultContents {
  const self = ownDeviceId(contents)
  const own = contents.devices.find(({ device }) => device === self)
  const isTaken = contents.devices.some(
    ({ device, name, addedAtMs }) =>
      own && device !== self && name === own.name && (addedAtMs - own.addedAtMs || (device < self ? -1 : 1)) < 0,
  )
  return own && isTaken ? withDeviceName(contents, self, own.name, nowMs) : contents
}

function withRows(contents: VaultContents, devices: OwnDevice[]): VaultContents {
  const self = ownDeviceId(contents)
  const deviceName = devices.find(({ device }) => device === self)?.name ?? contents.deviceName
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
  const { deviceListNumber: number, devices } = contents
  return unpackSigned(sign(rootKeyPair(contents.entropy), { number, devices }))
}

/** Names are left out: the list is shown to everybody in the account's pools. */
function sign(root: KeyPair, list: NewDeviceList): Uint8Array {
  const devices = list.devices.map((device) => ({ ...device, name: null }))
  return packSigned(createDeviceList(root, { ...list, devices }))
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
