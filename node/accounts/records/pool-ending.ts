import { z } from 'zod'
import { poolIdSchema, type PoolId } from '../../contract/ids.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { openRecord, signRecord, type SignedBytes } from '../../crypto/signed-record.ts'
import { countField, poolNameField, timeField } from './fields.ts'

/** The last word about a pool, signed by the key that spoke for it: its owner has dissolved it. */
export interface PoolEnding {
  readonly pool: PoolId
  /** Of the key that signed; a key that was followed by another ends nothing. */
  readonly generation: number
  readonly poolName: string
  readonly ownerName: string
  readonly atMs: number
}

const record = z.tuple([z.literal(1), poolIdSchema, countField, poolNameField, z.string().min(1).max(32), timeField])

export function createPoolEnding(secretKey: Uint8Array, ending: PoolEnding): SignedBytes {
  const { pool, generation, poolName, ownerName, atMs } = ending
  return signRecord(signPurposes.poolEnding, [1, pool, generation, poolName, ownerName, atMs], secretKey)
}

/** Reads an ending that anybody may have passed on; null when this key did not sign it. */
export function verifyPoolEnding(signed: SignedBytes, authority: Uint8Array): PoolEnding | null {
  const opened = openRecord(signPurposes.poolEnding, signed, authority, record)
  if (!opened) return null
  const [, pool, generation, poolName, ownerName, atMs] = opened
  return { pool, generation, poolName, ownerName, atMs }
}
