import { z } from 'zod'
import { keyOf } from '../accounts/ids.ts'
import {
  accountIdSchema,
  deviceIdSchema,
  poolIdSchema,
  type AccountId,
  type DeviceId,
  type PoolId,
} from '../contract/ids.ts'
import { fromBase64Url, toBase64Url } from '../crypto/encoding.ts'
import { signPurposes } from '../crypto/purposes.ts'
import { openRecord, packSigned, signRecord, unpackSigned } from '../crypto/signed-record.ts'

/**
 * Permission to serve one request of a member, for one processor that cannot ask the coordinator.
 *
 * It travels through the gateway of that member, who may have every reason to change it; hence the signature.
 */
export interface PlanLease {
  readonly poolId: PoolId
  readonly accountId: AccountId
  readonly processorDeviceId: DeviceId
  /** Prompt and generation of one request. */
  readonly tokens: number
  /** Never repeated by a coordinator. */
  readonly sequence: number
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

const count = z.number().int().nonnegative()
const record = z.tuple([z.literal(1), poolIdSchema, accountIdSchema, deviceIdSchema, count, count, count, count])

export function signPlanLease(lease: PlanLease, deviceSecretKey: Uint8Array): string {
  const { poolId, accountId, processorDeviceId, tokens, sequence, issuedAtMs, expiresAtMs } = lease
  const fields = [poolId, accountId, processorDeviceId, tokens, sequence, issuedAtMs, expiresAtMs]
  return toBase64Url(packSigned(signRecord(signPurposes.planLease, [1, ...fields], deviceSecretKey)))
}

/** Reads a lease that one of these devices signed; null for any other text. */
export function openPlanLease(
  text: string,
  grantors: readonly DeviceId[],
): { readonly grantor: DeviceId; readonly lease: PlanLease } | null {
  const packed = fromBase64Url(text)
  const signed = packed && unpackSigned(packed)
  if (!signed) return null
  for (const grantor of grantors) {
    const opened = openRecord(signPurposes.planLease, signed, keyOf(grantor), record)
    if (!opened) continue
    const [, poolId, accountId, processorDeviceId, tokens, sequence, issuedAtMs, expiresAtMs] = opened
    return { grantor, lease: { poolId, accountId, processorDeviceId, tokens, sequence, issuedAtMs, expiresAtMs } }
  }
  return null
}
