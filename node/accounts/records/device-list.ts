import { z } from 'zod'
import { accountIdSchema, deviceIdSchema, type AccountId, type DeviceId } from '../../contract/ids.ts'
import { toHex } from '../../crypto/encoding.ts'
import { hash } from '../../crypto/hash.ts'
import type { KeyPair } from '../../crypto/keys.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { openSelfSigned, signRecord, type SignedBytes } from '../../crypto/signed-record.ts'
import { countField, deviceNameField, publicKeyField, timeField } from './fields.ts'
import { accountIdOf, keyOf } from '../ids.ts'

export const maxDevices = 32
/** The oldest go first: whoever was away for longer than that many unlinked devices may not hear of its own. */
export const maxRemoved = 64

export interface ListedDevice {
  readonly device: DeviceId
  /** Public key, in hexadecimal, on which the device answers service connections. */
  readonly service: string
  /** Null where the list is shown to others: names of devices are private to the account. */
  readonly name: string | null
  readonly addedAtMs: number
}

/** All devices of an account, signed by its root key. The higher number wins. */
export interface DeviceList {
  readonly account: AccountId
  readonly number: number
  readonly devices: readonly ListedDevice[]
  /** Devices that were unlinked. One that is neither listed nor in here was added where this list was not known. */
  readonly removed: readonly DeviceId[]
  /** Lists with a lower number count for nothing. Above zero once the account was restored without its other devices. */
  readonly floor: number
  /** When that was; null where it never was. */
  readonly restoredAtMs: number | null
}

const listedDevice = z.tuple([deviceIdSchema, publicKeyField, deviceNameField.nullable(), timeField])
const devicesField = z.array(listedDevice).max(maxDevices)
/** A list of version 1 said by absence what was unlinked: nothing before it counts. */
const firstRecord = z
  .tuple([z.literal(1), accountIdSchema, countField, devicesField])
  .transform(([, account, number, rows]) => ({ account, number, rows, removed: [], floor: number, isRestored: false }))
const secondRecord = z
  .tuple([z.literal(2), accountIdSchema, countField, devicesField, z.array(deviceIdSchema).max(maxRemoved), countField])
  .transform(([, account, number, rows, removed, floor]) => ({
    account,
    number,
    rows,
    removed,
    floor,
    isRestored: floor > 0,
  }))
const record = z.union([secondRecord, firstRecord])

export type NewDeviceList = Pick<DeviceList, 'number' | 'devices'> & Partial<Pick<DeviceList, 'removed' | 'floor'>>

/** Signs a device list with the account's root key. */
export function createDeviceList(root: KeyPair, list: NewDeviceList): SignedBytes {
  const { number, devices, removed = [], floor = 0 } = list
  const rows = devices.map(({ device, service, name, addedAtMs }) => [device, service, name, addedAtMs])
  const fields = [accountIdOf(root.publicKey), number, rows, removed.slice(-maxRemoved), floor]
  return signRecord(signPurposes.deviceList, [2, ...fields], root.secretKey)
}

/** Reads a device list that anybody may have sent; null when the account it names did not sign it. */
export function verifyDeviceList(signed: SignedBytes): DeviceList | null {
  const opened = openSelfSigned(signPurposes.deviceList, signed, record, ({ account }) => keyOf(account))
  if (!opened) return null
  const { account, number, rows, removed, floor, isRestored } = opened
  if (new Set(rows.map(([device]) => device)).size !== rows.length) return null
  const devices = rows.map(([device, service, name, addedAtMs]) => ({ device, service, name, addedAtMs }))
  return { account, number, devices, removed, floor, restoredAtMs: isRestored ? floor * 1000 : null }
}

/** The number for a changed list. At least the time in seconds, so that it grows even after a restore. */
export function nextListNumber(current: number, nowMs: number): number {
  return Math.max(current + 1, Math.floor(nowMs / 1000))
}

/**
 * Whether a list replaces another of the same account.
 *
 * Equal numbers come only from two copies of one profile; then the hash decides, so that all peers agree.
 */
export function replacesDeviceList(candidate: SignedBytes, current: SignedBytes): boolean {
  const next = verifyDeviceList(candidate)
  const known = verifyDeviceList(current)
  if (!next || !known || next.account !== known.account) return false
  if (next.number !== known.number) return next.number > known.number
  return rank(candidate) > rank(current)
}

function rank(signed: SignedBytes): string {
  return toHex(hash('kith/device-list-rank/1', signed.bytes))
}
