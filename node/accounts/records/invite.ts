import { z } from 'zod'
import {
  deviceIdSchema,
  inviteIdSchema,
  poolIdSchema,
  type DeviceId,
  type InviteId,
  type PoolId,
} from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { keyPairFromSeed, randomBytes, seedBytes, type KeyPair } from '../../crypto/keys.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { openSelfSigned, signRecord, type SignedBytes } from '../../crypto/signed-record.ts'
import { poolNameField, timeField } from './fields.ts'
import { inviteIdOf, keyOf, poolIdOf } from '../ids.ts'

/** What an invite grants, signed by the pool. Whoever holds the invite's key may accept it. */
export interface InviteCertificate {
  readonly pool: PoolId
  readonly poolName: string
  /** The invite's public key. */
  readonly inviteId: InviteId
  readonly role: 'member' | 'guest'
  readonly plan: string
  readonly usesAllowed: number
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** The manager, to be dialled first. */
  readonly writerDevice: DeviceId
}

const record = z.tuple([
  z.literal(1),
  poolIdSchema,
  poolNameField,
  inviteIdSchema,
  z.enum(['member', 'guest']),
  z.string().min(1).max(40),
  z.number().int().min(1).max(1_000),
  timeField,
  timeField,
  deviceIdSchema,
])

/** A new invite: the certificate, and the seed of its key, which only the link carries. */
export function createInvite(
  poolKey: KeyPair,
  grant: Omit<InviteCertificate, 'pool' | 'inviteId'>,
): { readonly certificate: SignedBytes; readonly seed: Uint8Array; readonly inviteId: InviteId } {
  const seed = randomBytes(seedBytes)
  const inviteId = inviteIdOf(keyPairFromSeed(seed).publicKey)
  const { poolName, role, plan, usesAllowed, createdAtMs, expiresAtMs, writerDevice } = grant
  const fields = [poolName, inviteId, role, plan, usesAllowed, createdAtMs, expiresAtMs, writerDevice]
  const pool = poolIdOf(poolKey.publicKey)
  return { certificate: signRecord(signPurposes.invite, [1, pool, ...fields], poolKey.secretKey), seed, inviteId }
}

/** Reads a certificate; null when the pool it names did not sign it. Does not check the expiry. */
export function verifyInvite(signed: SignedBytes): InviteCertificate | null {
  const opened = openSelfSigned(signPurposes.invite, signed, record, ([, pool]) => keyOf(pool))
  if (!opened) return null
  const [, pool, poolName, inviteId, role, plan, usesAllowed, createdAtMs, expiresAtMs, writerDevice] = opened
  return { pool, poolName, inviteId, role, plan, usesAllowed, createdAtMs, expiresAtMs, writerDevice }
}

/** Whether an invite may still be accepted at this time. */
export function checkInviteTime(certificate: InviteCertificate, nowMs: number): Result<void> {
  return nowMs < certificate.expiresAtMs ? ok() : fail('invite_expired')
}
