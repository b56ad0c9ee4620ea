import { z } from 'zod'
import {
  accountIdSchema,
  deviceIdSchema,
  poolIdSchema,
  type AccountId,
  type DeviceId,
  type PoolId,
} from '../../contract/ids.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { openRecord, signRecord, type SignedBytes } from '../../crypto/signed-record.ts'
import { countField, publicKeyField, timeField } from './fields.ts'

/** How often a pool can be handed over. */
export const maxSuccessions = 64

/**
 * The owner of a pool hands it over: from here on another key speaks for the pool.
 *
 * Signed by the key that spoke for it so far, which speaks for nothing afterwards.
 */
export interface Succession {
  readonly pool: PoolId
  /** Counts the keys that have spoken for the pool; the key of the pool itself is 0. */
  readonly generation: number
  /** The public key, in hexadecimal, that speaks for the pool from now on. */
  readonly authority: string
  readonly owner: AccountId
  /** The device that holds the key, and writes the directory next. */
  readonly manager: DeviceId
  readonly formerOwner: AccountId
  readonly atMs: number
}

const record = z.tuple([
  z.literal(1),
  poolIdSchema,
  countField,
  publicKeyField,
  accountIdSchema,
  deviceIdSchema,
  accountIdSchema,
  timeField,
])

/** Signs the change of owner with the key that speaks for the pool now. */
export function createSuccession(secretKey: Uint8Array, succession: Succession): SignedBytes {
  const { pool, generation, authority, owner, manager, formerOwner, atMs } = succession
  const fields = [pool, generation, authority, owner, manager, formerOwner, atMs]
  return signRecord(signPurposes.succession, [1, ...fields], secretKey)
}

/** Reads a change of owner that anybody may have passed on; null when this key did not sign it. */
export function verifySuccession(signed: SignedBytes, authority: Uint8Array): Succession | null {
  const opened = openRecord(signPurposes.succession, signed, authority, record)
  if (!opened) return null
  const [, pool, generation, next, owner, manager, formerOwner, atMs] = opened
  return { pool, generation, authority: next, owner, manager, formerOwner, atMs }
}
