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
import { fromHex, joinBytes, toHex } from '../../crypto/encoding.ts'
import { deriveSeed } from '../../crypto/hash.ts'
import { keyPairFromSeed, randomBytes, type KeyPair } from '../../crypto/keys.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { sign, verify } from '../../crypto/sign.ts'
import { openSelfSigned, type SignedBytes } from '../../crypto/signed-record.ts'
import { inviteIdOf, keyOf } from '../ids.ts'
import { poolNameField, timeField } from './fields.ts'
import { decodeTerms, encodeTerms, type InviteTerms } from './invite-bytes.ts'

/** What an invite grants, signed by who speaks for the pool. Whoever holds the invite's key may accept it. */
export interface InviteCertificate {
  readonly pool: PoolId
  readonly poolName: string
  /** The invite's public key. */
  readonly inviteId: InviteId
  /** The name in the pool of whoever made it; null in invites of earlier versions. */
  readonly inviter: string | null
  readonly role: 'member' | 'guest'
  readonly plan: string
  readonly usesAllowed: number
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** How often the pool had been handed over, and the key, in hexadecimal, that spoke for it then. */
  readonly generation: number
  readonly authority: string
  /** The manager, to be dialled first. */
  readonly writerDevice: DeviceId
}

/** What whoever makes an invite decides. */
interface InviteGrant {
  readonly pool: PoolId
  readonly generation: number
  readonly poolName: string
  readonly inviter: string
  readonly role: 'member' | 'guest'
  readonly plan: InviteTerms['plan']
  readonly usesAllowed: number
  readonly createdAtMs: number
  /** Counted in whole minutes, the last one begun. */
  readonly lifetimeMs: number
  readonly writerDevice: DeviceId
}

/** A new invite. The secret is what its key is made from; only the link carries it. */
export interface NewInvite {
  readonly certificate: SignedBytes
  readonly secret: Uint8Array
  readonly inviteId: InviteId
  readonly expiresAtMs: number
}

export const inviteSecretBytes = 16
const minuteMs = 60_000
const binaryVersion = 2
const idBytes = 32

/** The first version was the JSON of an array. */
const firstRecord = z.tuple([
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

export function createInvite(authority: KeyPair, grant: InviteGrant): NewInvite {
  const { lifetimeMs, ...terms } = grant
  const secret = randomBytes(inviteSecretBytes)
  const inviteId = inviteIdOf(inviteKeyOf(secret).publicKey)
  const lifetimeMinutes = Math.ceil(lifetimeMs / minuteMs)
  const all: InviteTerms = {
    ...terms,
    lifetimeMinutes,
    authority: toHex(authority.publicKey),
  }
  const bytes = certificateBytes(inviteId, encodeTerms(all))
  const certificate = { bytes, signature: sign(signPurposes.invite, bytes, authority.secretKey) }
  return { certificate, secret, inviteId, expiresAtMs: grant.createdAtMs + lifetimeMinutes * minuteMs }
}

/** The key that accepts an invite. */
export function inviteKeyOf(secret: Uint8Array): KeyPair {
  return keyPairFromSeed(deriveSeed(secret, 'kith/invite-key/2'))
}

/** What is signed: the version, the invite's public key, and its terms. */
export function certificateBytes(inviteId: InviteId, terms: Uint8Array): Uint8Array {
  return joinBytes(Uint8Array.of(binaryVersion), keyOf(inviteId), terms)
}

/** The terms in a certificate, as they were signed. */
export function termsBytes(certificate: SignedBytes): Uint8Array {
  return certificate.bytes.subarray(1 + idBytes)
}

/**
 * Reads a certificate; null when the key it names did not sign it. Checks neither the expiry nor whether that key speaks
 * for the pool, which is the pool's own key unless the pool was handed over.
 */
export function verifyInvite(signed: SignedBytes): InviteCertificate | null {
  if (signed.bytes[0] !== binaryVersion) return verifyFirst(signed)
  const terms = decodeTerms(termsBytes(signed))
  const authority = terms && fromHex(terms.authority)
  if (!terms || !authority || !verify(signPurposes.invite, signed.bytes, signed.signature, authority)) return null
  const { lifetimeMinutes, ...rest } = terms
  return {
    ...rest,
    inviteId: inviteIdOf(signed.bytes.subarray(1, 1 + idBytes)),
    expiresAtMs: terms.createdAtMs + lifetimeMinutes * minuteMs,
  }
}

function verifyFirst(signed: SignedBytes): InviteCertificate | null {
  const opened = openSelfSigned(signPurposes.invite, signed, firstRecord, ([, pool]) => keyOf(pool))
  if (!opened) return null
  const [, pool, poolName, inviteId, role, plan, usesAllowed, createdAtMs, expiresAtMs, deviceId] = opened
  const named = { pool, poolName, inviteId, inviter: null, role, plan, usesAllowed, createdAtMs, expiresAtMs }
  return { ...named, generation: 0, authority: pool, writerDevice: deviceId }
}

/** Whether an invite may still be accepted at this time. */
export function checkInviteTime(certificate: InviteCertificate, nowMs: number): Result<void> {
  return nowMs < certificate.expiresAtMs ? ok() : fail('invite_expired')
}
