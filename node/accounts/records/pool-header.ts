import { z } from 'zod'
import { deviceIdSchema, poolIdSchema, type DeviceId, type PoolId } from '../../contract/ids.ts'
import type { KeyPair } from '../../crypto/keys.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { openSelfSigned, signRecord, type SignedBytes } from '../../crypto/signed-record.ts'
import { countField, poolNameField, publicKeyField } from './fields.ts'
import { keyOf, poolIdOf } from '../ids.ts'

/** Names the manager and its cores, signed by the pool key. Readers follow the highest epoch. */
export interface PoolHeader {
  readonly pool: PoolId
  readonly name: string
  readonly kind: 'devices' | 'shared'
  /** Goes up when the directory is handed over or restored. */
  readonly epoch: number
  readonly directoryWriter: DeviceId
  /** Public keys of the two cores, in hexadecimal. */
  readonly directoryCore: string
  readonly envelopeCore: string
}

const record = z.tuple([
  z.literal(1),
  poolIdSchema,
  poolNameField,
  z.enum(['devices', 'shared']),
  countField,
  deviceIdSchema,
  publicKeyField,
  publicKeyField,
])

export function createPoolHeader(poolKey: KeyPair, header: Omit<PoolHeader, 'pool'>): SignedBytes {
  const { name, kind, epoch, directoryWriter, directoryCore, envelopeCore } = header
  const fields = [poolIdOf(poolKey.publicKey), name, kind, epoch, directoryWriter, directoryCore, envelopeCore]
  return signRecord(signPurposes.poolHeader, [1, ...fields], poolKey.secretKey)
}

/** Reads a header anybody may have sent; null when the pool it names did not sign it. */
export function verifyPoolHeader(signed: SignedBytes): PoolHeader | null {
  const opened = openSelfSigned(signPurposes.poolHeader, signed, record, ([, pool]) => keyOf(pool))
  if (!opened) return null
  const [, pool, name, kind, epoch, directoryWriter, directoryCore, envelopeCore] = opened
  return { pool, name, kind, epoch, directoryWriter, directoryCore, envelopeCore }
}
