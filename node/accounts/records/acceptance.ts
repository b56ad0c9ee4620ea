import { z } from 'zod'
import {
  accountIdSchema,
  deviceIdSchema,
  inviteIdSchema,
  poolIdSchema,
  type AccountId,
  type DeviceId,
} from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { KeyPair } from '../../crypto/keys.ts'
import { joinBytes } from '../../crypto/encoding.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { openRecord, packSigned, signRecord, unpackSigned, type SignedBytes } from '../../crypto/signed-record.ts'
import { timeField } from './fields.ts'
import { keyOf } from '../ids.ts'
import { checkInviteTime, verifyInvite, type InviteCertificate } from './invite.ts'

/** Admits a newcomer while the manager is away: the pool signed the invite, the invite's key the acceptance. */
export interface InviteProof {
  readonly certificate: SignedBytes
  readonly acceptance: SignedBytes
}

/** A verified chain. The caller checks that `account` is that of the device at the other end. */
export interface AcceptedInvite {
  readonly certificate: InviteCertificate
  readonly account: AccountId
  /** The device that accepted; the account's device list may name others. */
  readonly device: DeviceId
  readonly acceptedAtMs: number
}

const record = z.tuple([z.literal(1), poolIdSchema, accountIdSchema, deviceIdSchema, inviteIdSchema, timeField])

/** Accepts an invite for an account and device, with the invite's own key. */
export function createAcceptance(
  inviteKey: KeyPair,
  certificate: InviteCertificate,
  who: { readonly account: AccountId; readonly device: DeviceId; readonly acceptedAtMs: number },
): SignedBytes {
  const { account, device, acceptedAtMs } = who
  const fields = [certificate.pool, account, device, certificate.inviteId, acceptedAtMs]
  return signRecord(signPurposes.acceptance, [1, ...fields], inviteKey.secretKey)
}

/**
 * Checks the whole chain.
 *
 * `firstSeenMs` is when this peer first saw the acceptance, by its own clock: one seen in time stays valid
 * after the expiry, and one backdated later is refused.
 */
export function verifyAcceptance(proof: InviteProof, firstSeenMs: number): Result<AcceptedInvite> {
  const certificate = verifyInvite(proof.certificate)
  if (!certificate) return fail('invite_forged')
  const opened = openRecord(signPurposes.acceptance, proof.acceptance, keyOf(certificate.inviteId), record)
  if (!opened) return fail('invite_forged')
  const [, pool, account, device, inviteId, acceptedAtMs] = opened
  if (pool !== certificate.pool || inviteId !== certificate.inviteId) return fail('invite_forged')
  for (const timeMs of [firstSeenMs, acceptedAtMs]) {
    const inTime = checkInviteTime(certificate, timeMs)
    if (!inTime.ok) return inTime
  }
  return ok({ certificate, account, device, acceptedAtMs })
}

/** One byte string for the vault and the wire: length of the certificate, certificate, acceptance. */
export function packProof(proof: InviteProof): Uint8Array {
  const certificate = packSigned(proof.certificate)
  const length = new Uint8Array(2)
  new DataView(length.buffer).setUint16(0, certificate.byteLength)
  return joinBytes(length, certificate, packSigned(proof.acceptance))
}

/** Takes apart what `packProof` made; null when it cannot be that. Verifies nothing. */
export function unpackProof(packed: Uint8Array): InviteProof | null {
  if (packed.byteLength < 2) return null
  const length = new DataView(packed.buffer, packed.byteOffset).getUint16(0)
  const certificate = unpackSigned(packed.subarray(2, 2 + length))
  const acceptance = unpackSigned(packed.subarray(2 + length))
  return certificate && acceptance ? { certificate, acceptance } : null
}
