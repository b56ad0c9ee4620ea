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
import { openSelfSigned, packSigned, signRecord, unpackSigned } from '../crypto/signed-record.ts'
import { mostPromptTokens, mostTemplateTokens } from '../protocol/generations/prompt-estimates.ts'
import type { PromptRequest } from '../protocol/messages/generation.ts'
import type { LimitSubject } from './limiter.ts'
import { outputSetAside } from './within-reservation.ts'

/**
 * A gateway's word for all that it has asked of one machine for a member, since its run began.
 *
 * The machine shows it to the coordinator, which grants and counts no more of the plan than that: a machine
 * cannot make up what nobody has asked of it. Sums only grow, so the newest voucher says it all: one that is
 * lost, late or shown again changes nothing. It names no prompt.
 */
export interface PlanVoucher {
  readonly askerDeviceId: DeviceId
  readonly poolId: PoolId
  readonly accountId: AccountId
  readonly processorDeviceId: DeviceId
  /** Higher in every run of the gateway; its sums begin anew with it. */
  readonly run: number
  readonly atMs: number
  readonly requests: number
  readonly tokens: number
}

/** A voucher older than this is not taken: what was known of its gateway may have been dropped meanwhile. */
export const voucherLifetimeMs = 86_400_000

const whole = z.number().int().min(0).max(8_000_000_000_000_000)
const sum = z.number().int().min(0).max(1_000_000_000_000_000)
const record = z.tuple([
  z.literal(1),
  deviceIdSchema,
  poolIdSchema,
  accountIdSchema,
  deviceIdSchema,
  whole,
  whole,
  sum,
  sum,
])

export function signPlanVoucher(voucher: PlanVoucher, deviceSecretKey: Uint8Array): string {
  const { askerDeviceId, poolId, accountId, processorDeviceId, run, atMs, requests, tokens } = voucher
  const fields = [askerDeviceId, poolId, accountId, processorDeviceId, run, atMs, requests, tokens]
  return toBase64Url(packSigned(signRecord(signPurposes.planVoucher, [1, ...fields], deviceSecretKey)))
}

/** Reads a voucher for one member on one machine, signed by the gateway it names; null for anything else. */
export function openPlanVoucher(
  text: string,
  { poolId, accountId }: LimitSubject,
  processorDeviceId: DeviceId,
  nowMs: number,
): PlanVoucher | null {
  const packed = fromBase64Url(text)
  const signed = packed && unpackSigned(packed)
  const opened = signed && openSelfSigned(signPurposes.planVoucher, signed, record, ([, asker]) => keyOf(asker))
  if (!opened) return null
  const [, askerDeviceId, pool, account, processor, run, atMs, requests, tokens] = opened
  if (pool !== poolId || account !== accountId || processor !== processorDeviceId) return null
  if (Math.abs(atMs - nowMs) > voucherLifetimeMs) return null
  return { askerDeviceId, poolId, accountId, processorDeviceId, run, atMs, requests, tokens }
}

/** More tokens than any machine sets aside for a request, whatever its templates have taught it. */
export function mostTokens(request: Pick<PromptRequest, 'turns' | 'maxTokens' | 'mayShorten'>): number {
  return mostPromptTokens(request.turns) + mostTemplateTokens + outputSetAside(request)
}
