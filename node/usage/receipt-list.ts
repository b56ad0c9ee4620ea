import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import type { UsageDirection } from '../contract/usage.ts'
import type { DeviceBee } from '../pools/pool/device-bees.ts'
import { clockMattersMs } from './clock-watch.ts'
import { storedReceiptSchema } from './receipt-store.ts'
import { faultOf, stateOf, unpackReceipt, type SignedReceipt } from './signed-receipt.ts'
import { monthOf, timeKey, usageKeys } from './usage-keys.ts'

export interface ReceiptQuery {
  readonly direction: UsageDirection
  readonly fromMs: number
  readonly toMs: number
  /** A range that reaches to now has also what is dated later: a clock was ahead. */
  readonly nowMs: number
  readonly keyId: KeyId | null
  readonly max: number
}

export interface ListedPool {
  readonly poolId: PoolId
  readonly bees: readonly DeviceBee[]
}

const rank = { countersigned: 2, 'half-signed': 1, 'gateway-attested': 0 } as const

/** A receipt, and when it came here by our clock where the clock of its machine was off. */
export interface ListedReceipt {
  readonly signed: SignedReceipt
  readonly heardAtMs: number | null
}

/** How far the clocks of machines may be off whose receipts are countersigned, as in `receipt-check.ts`. */
const clockMs = 48 * 3_600_000

/** Receipts that are read at the edge of a range for those with a wrong clock. */
const maxMissed = 5_000

/**
 * Receipts of this account, newest first, each attempt once.
 *
 * They are in the range in which they came here: what a wrong clock says of them hides none.
 *
 * Served receipts come from the account's own devices; consumed ones also from gateways that may make requests
 * for it.
 */
export async function listReceipts(
  pools: readonly ListedPool[],
  query: ReceiptQuery,
  accountId: AccountId,
  isGateway: (poolId: PoolId, deviceId: DeviceId) => boolean,
): Promise<ListedReceipt[]> {
  const found = new Map<string, ListedReceipt>()
  for (const { poolId, bees } of pools) {
    const sources = bees.filter(
      (one) =>
        one.kind === 'usage' &&
        overlaps(one.month, query) &&
        (one.accountId === accountId || (query.direction === 'consumed' && isGateway(poolId, one.deviceId))),
    )
    for (const one of sources) {
      const isOwn = one.accountId === accountId
      for (const listed of await receiptsOf(one, query)) {
        const { signed } = listed
        const { attemptId, accountId: consumer, keyId } = signed.receipt
        if (query.keyId !== null && keyId !== query.keyId) continue
        if (query.direction === 'consumed' && consumer !== accountId) continue
        // A receipt from another account's gateway is shown only with that gateway's valid signature.
        if (!isOwn && (signed.receipt.gatewayDeviceId !== one.deviceId || faultOf(signed))) continue
        const known = found.get(attemptId)
        if (!known || rank[stateOf(signed)] > rank[stateOf(known.signed)]) found.set(attemptId, listed)
      }
    }
  }
  const newest = [...found.values()].sort((left, right) => cameAtMs(right, query) - cameAtMs(left, query))
  return newest.slice(0, query.max)
}

async function receiptsOf(one: DeviceBee, query: ReceiptQuery): Promise<ListedReceipt[]> {
  const { fromMs, nowMs } = query
  const endMs = endOf(query)
  const aheadMs = Math.min(endMs, nowMs + clockMattersMs)
  const isInRange = (listed: ListedReceipt): boolean => {
    const atMs = cameAtMs(listed, query)
    return atMs >= fromMs && (atMs < query.toMs || query.toMs >= nowMs)
  }
  // What is dated later is read by itself, and less of it: a clock that was years ahead hides nothing that is newer.
  const later = aheadMs < endMs ? await newestOf(one, query, [aheadMs, endMs], Math.ceil(query.max / 4), isInRange) : []
  return [...later, ...(await newestOf(one, query, [fromMs - clockMs, aheadMs], query.max, isInRange))]
}

async function newestOf(
  { bee }: DeviceBee,
  query: ReceiptQuery,
  [fromMs, toMs]: readonly [number, number],
  max: number,
  isInRange: (listed: ListedReceipt) => boolean,
): Promise<ListedReceipt[]> {
  const range = {
    gte: `${usageKeys.receipts}${timeKey(fromMs)}`,
    lt: `${usageKeys.receipts}${timeKey(toMs)}`,
  }
  const found: ListedReceipt[] = []
  let missed = 0
  for await (const { value } of bee.newest(range, storedReceiptSchema)) {
    if (value.counts !== 'both' && value.counts !== query.direction) continue
    const signed = unpackReceipt(value)
    if (!signed || (query.keyId !== null && signed.receipt.keyId !== query.keyId)) continue
    const listed = { signed, heardAtMs: value.heardAtMs ?? null }
    if (!isInRange(listed)) {
      missed += 1
      if (missed >= maxMissed) break
      continue
    }
    found.push(listed)
    if (found.length >= max) break
  }
  return found
}

/** When a receipt came, by our clock: a later time than now is now. */
function cameAtMs({ signed, heardAtMs }: ListedReceipt, { nowMs }: ReceiptQuery): number {
  return Math.min(heardAtMs ?? signed.receipt.finishedAtMs, nowMs)
}

/** Where a range ends that may reach to now: a clock that is ahead dates some of it later. */
function endOf({ toMs, nowMs }: ReceiptQuery): number {
  return toMs >= nowMs ? Number.MAX_SAFE_INTEGER : toMs + clockMs
}

function overlaps(month: string, query: ReceiptQuery): boolean {
  return month !== '' && month >= monthOf(clamped(query.fromMs - clockMs)) && month <= monthOf(clamped(endOf(query)))
}

/** Clamped to years of four digits, because the interface may ask for an unbounded range. */
function clamped(timeMs: number): number {
  return Math.min(Math.max(timeMs, 0), 253_402_300_799_999)
}
