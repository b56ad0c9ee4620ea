import { z } from 'zod'
import { deviceIdSchema, poolIdSchema, type DeviceId, type PoolId } from '../../contract/ids.ts'
import type { KeyPair } from '../../crypto/keys.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { openSelfSigned, signRecord, type SignedBytes } from '../../crypto/signed-record.ts'
import { publicKeyField, timeField } from './fields.ts'
import { deviceIdOf, keyOf } from '../ids.ts'

export const adminRecordKinds = ['suspend', 'resume', 'remove', 'revokeInvite'] as const
export type AdminRecordKind = (typeof adminRecordKinds)[number]

/**
 * An admin's decision about a member or an invite, signed by the admin's device.
 *
 * The directory tells whether the device belongs to an admin.
 */
export interface AdminRecord {
  readonly pool: PoolId
  readonly kind: AdminRecordKind
  /** Id of the account; for `revokeInvite`, of the invite. */
  readonly target: string
  readonly device: DeviceId
  readonly atMs: number
}

const record = z.tuple([
  z.literal(1),
  poolIdSchema,
  z.enum(adminRecordKinds),
  publicKeyField,
  deviceIdSchema,
  timeField,
])

export function createAdminRecord(device: KeyPair, word: Omit<AdminRecord, 'device'>): SignedBytes {
  const { pool, kind, target, atMs } = word
  const fields = [pool, kind, target, deviceIdOf(device.publicKey), atMs]
  return signRecord(signPurposes.adminRecord, [1, ...fields], device.secretKey)
}

/** Reads a record anybody may have written; null when the device it names did not sign it. */
export function verifyAdminRecord(signed: SignedBytes): AdminRecord | null {
  const opened = openSelfSigned(signPurposes.adminRecord, signed, record, ([, , , , device]) => keyOf(device))
  if (!opened) return null
  const [, pool, kind, target, device, atMs] = opened
  return { pool, kind, target, device, atMs }
}
