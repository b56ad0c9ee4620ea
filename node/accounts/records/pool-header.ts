import { z } from 'zod'
import { deviceIdSchema, poolIdSchema, type DeviceId, type PoolId } from '../../contract/ids.ts'
import type { KeyPair } from '../../crypto/keys.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { openSelfSigned, signRecord, type SignedBytes } from '../../crypto/signed-record.ts'
import { countField, poolNameField, publicKeyField } from './fields.ts'
import { keyOf } from '../ids.ts'

/** Names the manager and its cores, signed by the key that speaks for the pool. Readers follow the highest epoch. */
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
  /** Of the key that signed: 0 is the pool's own, which speaks until its owner hands the pool over. */
  readonly generation: number
}

const fields = [
  poolIdSchema,
  poolNameField,
  z.enum(['devices', 'shared']),
  countField,
  deviceIdSchema,
  publicKeyField,
  publicKeyField,
] as const
const record = z.union([z.tuple([z.literal(1), ...fields]), z.tuple([z.literal(2), ...fields, countField.min(1)])])

/** Looks up the key of a generation after the first; null where it is not known. */
type KeyOfGeneration = (generation: number) => Uint8Array | null

export function createPoolHeader(authority: KeyPair, header: PoolHeader): SignedBytes {
  const { pool, name, kind, epoch, directoryWriter, directoryCore, envelopeCore, generation } = header
  const common = [pool, name, kind, epoch, directoryWriter, directoryCore, envelopeCore]
  const signed = generation === 0 ? ([1, ...common] as const) : ([2, ...common, generation] as const)
  return signRecord(signPurposes.poolHeader, signed, authority.secretKey)
}

/** Reads a header anybody may have sent; null when nobody who speaks for the pool it names has signed it. */
export function verifyPoolHeader(
  signed: SignedBytes,
  keyOfGeneration: KeyOfGeneration = () => null,
): PoolHeader | null {
  const opened = openSelfSigned(signPurposes.poolHeader, signed, record, ([, pool, , , , , , , generation = 0]) =>
    // No signature fits an empty key.
    generation === 0 ? keyOf(pool) : (keyOfGeneration(generation) ?? new Uint8Array()),
  )
  if (!opened) return null
  const [, pool, name, kind, epoch, directoryWriter, directoryCore, envelopeCore, generation = 0] = opened
  return { pool, name, kind, epoch, directoryWriter, directoryCore, envelopeCore, generation }
}
