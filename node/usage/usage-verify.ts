import { z } from 'zod'
import type { AccountId } from '../contract/ids.ts'
import { usageTotalsSchema, type UsageDirection, type UsageTotals, type UsageVerification } from '../contract/usage.ts'
import type { DeviceBee } from '../pools/pool/device-bees.ts'
import { storedReceiptSchema } from './receipt-store.ts'
import { plus, RollupChanges, rollupKeysOf } from './rollups.ts'
import { faultOf, stateOf, unpackReceipt, type SignedReceipt } from './signed-receipt.ts'
import { monthOf, receiptKey, usageKeys } from './usage-keys.ts'

type Problem = UsageVerification['problems'][number]

/** Further problems still count as unverified, but are not listed. */
const maxProblems = 1_000
/** A receipt that the gateway has not signed after this long is a problem. */
const owedMs = 24 * 3_600_000

/**
 * Checks this account's usage bees of a month: that signatures hold, that each attempt counts once, and that
 * rollups equal the sums of the receipts. Needs no network.
 */
export async function verifyBees(
  bees: readonly DeviceBee[],
  accountId: AccountId,
  nowMs: number,
): Promise<UsageVerification> {
  const result = { receipts: 0, verified: 0, problems: [] as Problem[] }
  const devices = byDevice(bees.filter((one) => one.accountId === accountId && one.kind === 'usage'))
  for (const ofDevice of devices) {
    const checked = await verifyDevice(ofDevice, nowMs)
    result.receipts += checked.receipts
    result.verified += checked.verified
    result.problems.push(...checked.problems)
  }
  return { ...result, problems: result.problems.slice(0, maxProblems) }
}

/** Checks the bees of one device together, because a month with several epochs of read keys has several. */
async function verifyDevice(bees: readonly DeviceBee[], nowMs: number): Promise<UsageVerification> {
  const problems: Problem[] = []
  const best = new Map<
    string,
    { signed: SignedReceipt; counts: Set<UsageDirection>; fault: Problem['reason'] | null }
  >()
  const rollups = new Map<string, UsageTotals>()
  for (const { bee, month } of bees) {
    // Receipts and rollups are read in one pass, so that a receipt written meanwhile is in neither.
    const records = await bee.list('v1/r', z.unknown())
    for (const record of records) {
      const key = `v1/r${record.key}`
      if (!key.startsWith(usageKeys.receipts)) {
        addRollup(rollups, key, record.value)
        continue
      }
      const { value } = record
      const stored = storedReceiptSchema.safeParse(value)
      const signed = stored.success ? unpackReceipt(stored.data) : null
      if (!stored.success || !signed || !isInPlace(key, signed, month)) {
        problems.push({ attemptId: key.slice(-34), reason: 'unreadable' })
        continue
      }
      const counts = directionsOf(stored.data.counts)
      const id = `${signed.receipt.attemptId} ${signed.record}`
      const known = best.get(id)
      const isBetter = !known || stateOf(signed) === 'countersigned'
      best.set(id, {
        signed: isBetter ? signed : known.signed,
        counts: new Set([...counts, ...(known?.counts ?? [])]),
        fault: isBetter ? reasonOf(signed, nowMs) : known.fault,
      })
    }
  }
  const seen = new Map<string, number>()
  for (const { signed, counts } of best.values()) {
    for (const direction of counts) count(seen, `${direction} ${signed.receipt.attemptId}`)
  }
  let verified = 0
  for (const { signed, counts, fault } of best.values()) {
    const { attemptId } = signed.receipt
    // An attempt in two records was counted twice.
    const isTwice = [...counts].some((direction) => (seen.get(`${direction} ${attemptId}`) ?? 0) > 1)
    const reason = fault ?? (isTwice ? 'totals_differ' : null)
    if (reason === null) verified += 1
    else problems.push({ attemptId, reason })
  }
  problems.push(...differingTotals(rollups, [...best.values()]))
  return { receipts: best.size, verified, problems }
}

function reasonOf(signed: SignedReceipt, nowMs: number): Problem['reason'] | null {
  const fault = faultOf(signed)
  if (fault) return fault
  return stateOf(signed) === 'half-signed' && nowMs - signed.receipt.finishedAtMs > owedMs ? 'gateway_missing' : null
}

/** Whether a receipt is stored under its own key and in its own month. */
function isInPlace(key: string, { receipt }: SignedReceipt, month: string): boolean {
  return key === receiptKey(receipt.finishedAtMs, receipt.attemptId) && monthOf(receipt.finishedAtMs) === month
}

/** Rollups that differ from the sums of the receipts, each named by one of its attempts if it has any. */
function differingTotals(
  stored: ReadonlyMap<string, UsageTotals>,
  receipts: readonly { signed: SignedReceipt; counts: ReadonlySet<UsageDirection> }[],
): Problem[] {
  const expected = new RollupChanges()
  const attemptIn = new Map<string, string>()
  for (const { signed, counts } of receipts) {
    for (const direction of counts) {
      expected.add(signed.receipt, direction, 1)
      for (const key of rollupKeysOf(signed.receipt, direction)) attemptIn.set(key, signed.receipt.attemptId)
    }
  }
  const names = new Set([...attemptIn.keys(), ...stored.keys()])
  return [...names]
    .filter((name) => !isSame(expected.applyTo(name, null), stored.get(name)))
    .map((name) => ({ attemptId: attemptIn.get(name) ?? name.slice(0, 80), reason: 'totals_differ' }))
}

function addRollup(rollups: Map<string, UsageTotals>, key: string, value: unknown): void {
  const totals = usageTotalsSchema.safeParse(value)
  if (!totals.success) return
  const before = rollups.get(key)
  rollups.set(key, before ? plus(before, totals.data) : totals.data)
}

function isSame(left: UsageTotals | undefined, right: UsageTotals | undefined): boolean {
  return (['requests', 'failures', 'promptTokens', 'completionTokens'] as const).every(
    (field) => (left?.[field] ?? 0) === (right?.[field] ?? 0),
  )
}

function directionsOf(counts: 'served' | 'consumed' | 'both'): UsageDirection[] {
  return counts === 'both' ? ['served', 'consumed'] : [counts]
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function byDevice(bees: readonly DeviceBee[]): DeviceBee[][] {
  const devices = new Map<string, DeviceBee[]>()
  for (const one of bees) devices.set(one.deviceId, [...(devices.get(one.deviceId) ?? []), one])
  return [...devices.values()]
}
