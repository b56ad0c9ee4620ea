import {
  accountIdSchema,
  deviceIdSchema,
  inviteIdSchema,
  poolIdSchema,
  type AccountId,
  type DeviceId,
  type InviteId,
  type PoolId,
} from '../contract/ids.ts'
import { fromHex, toHex } from '../crypto/encoding.ts'

/** Conversions between public keys and ids. An id is the key in hexadecimal. */

export const accountIdOf = (publicKey: Uint8Array): AccountId => accountIdSchema.parse(toHex(publicKey))
export const deviceIdOf = (publicKey: Uint8Array): DeviceId => deviceIdSchema.parse(toHex(publicKey))
export const poolIdOf = (publicKey: Uint8Array): PoolId => poolIdSchema.parse(toHex(publicKey))
export const inviteIdOf = (publicKey: Uint8Array): InviteId => inviteIdSchema.parse(toHex(publicKey))

export function keyOf(id: AccountId | DeviceId | PoolId | InviteId): Uint8Array {
  const key = fromHex(id)
  if (key === null) throw new Error('An id is always hexadecimal')
  return key
}
