import { z } from 'zod'
import { accountIdSchema } from '../contract/ids.ts'
import { packSigned, unpackSigned } from '../crypto/signed-record.ts'
import { maxDevices, verifyDeviceList } from './records/device-list.ts'
import { base64Field, hexField } from './records/fields.ts'
import { labelKeyOf } from './vault/label-key.ts'
import { signedDeviceList } from './own-devices.ts'
import { membershipSchema, ownDeviceSchema, type OwnDevice, type VaultContents } from './vault/vault-contents.ts'

/**
 * What a device of an account gives to a newly linked one: account, devices, pools and label key. It holds
 * neither the root key nor the key of any pool.
 */
export const linkingGrantSchema = z.object({
  accountId: accountIdSchema,
  username: z.string().min(1).max(32),
  deviceList: base64Field(20_000),
  /** The same devices with their names, which the signed list leaves out. */
  devices: z.array(ownDeviceSchema).max(maxDevices),
  memberships: z.array(membershipSchema).max(200),
  labelKey: hexField(32),
})
export type LinkingGrant = z.output<typeof linkingGrantSchema>

export function grantOf(contents: VaultContents, username: string): LinkingGrant {
  const list = signedDeviceList(contents)
  if (!list) throw new Error('An unlocked account has a device list')
  return {
    accountId: contents.accountId,
    username,
    deviceList: packSigned(list),
    devices: contents.devices,
    memberships: contents.memberships.map((membership) => ({ ...membership, poolSecretKey: null })),
    labelKey: labelKeyOf(contents),
  }
}

/** Whether the signed list has this device and service key, and `devices` names exactly the listed devices. */
export function vouchesFor(grant: LinkingGrant, own: Pick<OwnDevice, 'device' | 'service'>): boolean {
  const signed = unpackSigned(grant.deviceList)
  const list = signed && verifyDeviceList(signed)
  if (list?.account !== grant.accountId) return false
  const listed = new Set(list.devices.map(({ device, service }) => device + service))
  if (grant.devices.length !== listed.size) return false
  return (
    listed.has(own.device + own.service) && grant.devices.every(({ device, service }) => listed.has(device + service))
  )
}
