import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import type { UsageDirection } from '../contract/usage.ts'
import type { DeviceBee } from '../pools/pool/device-bees.ts'
import { storedReceiptSchema } from './receipt-store.ts'
import { faultOf, stateOf, unpackReceipt, type SignedReceipt } from './signed-receipt.ts'
import { monthOf, timeKey, usageKeys } from './usage-keys.ts'

export interface ReceiptQuery {
  readonly direction: UsageDirection
  readonly fromMs: number
  readonly toMs: number
  readonly keyId: KeyId | null
  readonly max: number
}

export interface ListedPool {
  readonly poolId: PoolId
  readonly bees: readonly DeviceBee[]
}

const rank = { countersigned: 2, 'half-signed': 1, 'gateway-attested': 0 } as const

/**
 * Receipts of this account, newest first, each attempt once.
 *
 * Served receipts come from the account's own devices; consumed ones also from gateways that may make requests
 * for it.
 */
export async function listReceipts(
  pools: readonly ListedPool[],
  query: ReceiptQuery,
  accountId: AccountId,
  isGateway: (poolId: PoolId, deviceId: DeviceId) => boolean,
): Promise<SignedReceipt[]> {
  const found = new Map<string, SignedReceipt>()
  for (const { poolId, bees } of pools) {
    const sources = bees.filter(
      (one) =>
        one.kind === 'usage' &&
        overlaps(one.month, query) &&
        (one.accountId === accountId || (query.direction === 'consumed' && isGateway(poolId, one.deviceId))),
    )
    for (const one of sources) {
      const isOwn = one.accountId === accountId
      for (const signed of await receiptsOf(one, query)) {
        const { attemptId, accountId: consumer, keyId } = signed.receipt
        if (query.keyId !== null && keyId !== query.keyId) continue
        if (query.direction === 'consumed' && consumer !== accountId) continue
        // A receipt from another account's gateway is shown only with that gateway's valid signature.
        if (!isOwn && (signed.receipt.gatewayDeviceId !== one.deviceId || faultOf(signed))) continue
        const known = found.get(attemptId)
        if (!known || rank[stateOf(signed)] > rank[stateOf(known)]) found.set(attemptId, signed)
      }
    }
  }
  const newest = [...found.values()].sort((left, right) => right.receipt.finishedAtMs - left.receipt.finishedAtMs)
  return newest.slice(0, query.max)
}

async function receiptsOf(one: DeviceBee, query: ReceiptQuery): Promise<SignedReceipt[]> {
  const range = {
    gte: `${usageKeys.receipts}${timeKey(query.fromMs)}`,
    lt: `${usageKeys.receipts}${timeKey(query.toMs)}`,
  }
  // The newest receipts of one key may be far down among those of others.
  const max = query.keyId === null ? query.max : Number.POSITIVE_INFINITY
  const found: SignedReceipt[] = []
  for await (const { value } of one.bee.newest(range, storedReceiptSchema)) {
    if (value.counts !== 'both' && value.counts !== query.direction) continue
    const signed = unpackReceipt(value)
    if (!signed || (query.keyId !== null && signed.receipt.keyId !== query.keyId)) continue
    found.push(signed)
    if (found.length >= Math.min(max, query.max)) break
  }
  return found
}

function overlaps(month: string, { fromMs, toMs }: ReceiptQuery): boolean {
  return month !== '' && month >= monthOf(clamped(fromMs)) && month <= monthOf(clamped(toMs))
}

/** Clamped to what Date can hold, because the interface may ask for an unbounded range. */
function clamped(timeMs: number): number {
  return Math.min(Math.max(timeMs, 0), 8.64e15 - 1)
}
