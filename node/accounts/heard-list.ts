import type { DeviceId } from '../contract/ids.ts'
import { packSigned, type SignedBytes } from '../crypto/signed-record.ts'
import { unknownDeviceName } from './device-name.ts'
import { isListed, nextNumber, ownDeviceId, signedDeviceList, withList } from './own-devices.ts'
import { maxDevices, maxRemoved, replacesDeviceList, verifyDeviceList, type DeviceList } from './records/device-list.ts'
import { rootKeyPair } from './vault/recovery-phrase.ts'
import type { OwnDevice, VaultContents } from './vault/vault-contents.ts'

/**
 * Contents with a list that another device of the account made; null if it is another account's, or changes nothing.
 *
 * A newer list wins, and what it unlinks stays out. Devices that its maker had not heard of are put into
 * a list of both by whoever holds the root key; a device without that key waits for it and keeps its own list.
 */
export function withHeardList(contents: VaultContents, signed: SignedBytes, nowMs: number): VaultContents | null {
  const heard = verifyDeviceList(signed)
  const own = signedDeviceList(contents)
  if (heard?.account !== contents.accountId || (own && !replacesDeviceList(signed, own))) return null
  const known = own && verifyDeviceList(own)
  const rows = named(heard, contents)
  const unheard = unheardOf(contents, known, heard)
  const isUnlinked = [...rows, ...unheard].every(({ device }) => device !== ownDeviceId(contents))
  const removed = new Set([...(known?.removed ?? []), ...heard.removed])
  const allowed = rows.filter(({ device }) => !removed.has(device))
  const devices = [...allowed, ...unheard].slice(-maxDevices)
  const knowsAll = removed.size === heard.removed.length || heard.removed.length === maxRemoved
  const isWhole = unheard.length === 0 && allowed.length === rows.length && knowsAll
  const adopted = { ...contents, deviceListNumber: heard.number, devices: rows, deviceList: packSigned(signed) }
  if (isWhole || isUnlinked) return adopted
  if (!contents.entropy) return isListed(adopted) ? adopted : null
  return withList(contents, rootKeyPair(contents.entropy), {
    number: nextNumber(contents, nowMs, heard.number),
    devices,
    removed: [...removed],
    floor: heard.floor,
  })
}

/** Devices of ours that the maker of a list neither listed nor unlinked. */
function unheardOf(contents: VaultContents, known: DeviceList | null, heard: DeviceList): OwnDevice[] {
  const isHeard = (device: DeviceId): boolean =>
    heard.removed.includes(device) || heard.devices.some((row) => row.device === device)
  // Of a list below the floor only what this install has added since, restored beside the others, counts.
  const counts = (row: OwnDevice): boolean =>
    (known !== null && known.number >= heard.floor) ||
    (contents.joinsOthers === true && row.addedAtMs >= heard.floor * 1000)
  return contents.devices.filter((row) => counts(row) && !isHeard(row.device))
}

/** A signed list has no names, so those we know are kept. */
function named(list: DeviceList, { devices }: VaultContents): OwnDevice[] {
  const known = new Map(devices.map((row) => [row.device, row]))
  return list.devices.map(({ device, service, addedAtMs }) => ({
    ...(known.get(device) ?? { name: unknownDeviceName }),
    ...{ device, service, addedAtMs },
  }))
}
