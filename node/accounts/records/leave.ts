import { z } from 'zod'
import {
  accountIdSchema,
  deviceIdSchema,
  poolIdSchema,
  type AccountId,
  type DeviceId,
  type PoolId,
} from '../../contract/ids.ts'
import type { KeyPair } from '../../crypto/keys.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { openSelfSigned, signRecord, type SignedBytes } from '../../crypto/signed-record.ts'
import { publicKeyField, timeField } from './fields.ts'
import { keyOf } from '../ids.ts'

/** An account's statement that it leaves a pool, signed by one of its devices. */
export interface Leave {
  readonly pool: PoolId
  readonly account: AccountId
  readonly device: DeviceId
  /** The invite by which the account joined, so that this does not undo a later join by another one. */
  readonly inviteId: string
  readonly atMs: number
}

const record = z.tuple([z.literal(1), poolIdSchema, accountIdSchema, deviceIdSchema, publicKeyField, timeField])

export function createLeave(device: KeyPair, leave: Leave): SignedBytes {
  const { pool, account, device: deviceId, inviteId, atMs } = leave
  return signRecord(signPurposes.leave, [1, pool, account, deviceId, inviteId, atMs], device.secretKey)
}

/** Reads a leave that anybody may have passed on; null when the device it names did not sign it. */
export function verifyLeave(signed: SignedBytes): Leave | null {
  const opened = openSelfSigned(signPurposes.leave, signed, record, ([, , , device]) => keyOf(device))
  if (!opened) return null
  const [, pool, account, device, inviteId, atMs] = opened
  return { pool, account, device, inviteId, atMs }
}
