import { z } from 'zod'
import { deviceIdSchema, poolIdSchema, type DeviceId, type PoolId } from '../../contract/ids.ts'
import type { KeyPair } from '../../crypto/keys.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { openSelfSigned, signRecord, type SignedBytes } from '../../crypto/signed-record.ts'
import { countField, publicKeyField, timeField } from './fields.ts'
import { deviceIdOf, keyOf } from '../ids.ts'

/**
 * A device's cores in a pool and its service key, signed by the device key.
 *
 * The root-signed device list tells whose device it is; see docs/decisions/0060.
 */
export interface DeviceStatement {
  readonly pool: PoolId
  /** Epoch of the read keys; a new epoch means new cores. */
  readonly readEpoch: number
  readonly device: DeviceId
  /** Public keys, in hexadecimal. */
  readonly memberCore: string
  readonly usageCore: string
  readonly serviceKey: string
  readonly madeAtMs: number
}

const record = z.tuple([
  z.literal(1),
  poolIdSchema,
  countField,
  deviceIdSchema,
  publicKeyField,
  publicKeyField,
  publicKeyField,
  timeField,
])

export function createDeviceStatement(device: KeyPair, statement: Omit<DeviceStatement, 'device'>): SignedBytes {
  const { pool, readEpoch, memberCore, usageCore, serviceKey, madeAtMs } = statement
  const fields = [pool, readEpoch, deviceIdOf(device.publicKey), memberCore, usageCore, serviceKey, madeAtMs]
  return signRecord(signPurposes.deviceStatement, [1, ...fields], device.secretKey)
}

/** Reads a statement anybody may have sent; null when the device it names did not sign it. */
export function verifyDeviceStatement(signed: SignedBytes): DeviceStatement | null {
  const opened = openSelfSigned(signPurposes.deviceStatement, signed, record, ([, , , device]) => keyOf(device))
  if (!opened) return null
  const [, pool, readEpoch, device, memberCore, usageCore, serviceKey, madeAtMs] = opened
  return { pool, readEpoch, device, memberCore, usageCore, serviceKey, madeAtMs }
}
