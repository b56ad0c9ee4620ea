import type { AccountId, AttemptId, DeviceId, KeyId } from '../contract/ids.ts'
import type { Receipt, UsageDirection, UsageGrain } from '../contract/usage.ts'
import { bytesOfText, toHex } from '../crypto/encoding.ts'
import { hash } from '../crypto/hash.ts'

/**
 * Keys of a usage bee, of fixed width so that they sort by time. docs/data.md has the layout.
 * Buckets are hours, days and months of UTC.
 */
export const usageKeys = {
  receipts: 'v1/receipt/',
  rollups: (grain: UsageGrain) => `v1/rollup/${grain}/`,
} as const

export const hourMs = 3_600_000
export const usageGrains = ['hour', 'day', 'month'] as const satisfies readonly UsageGrain[]

const timeDigits = 14
const noKey = '-'.repeat(16)

export function receiptKey(finishedAtMs: number, attemptId: AttemptId): string {
  return `${usageKeys.receipts}${timeKey(finishedAtMs)}/${attemptId}`
}

export function timeKey(timeMs: number): string {
  return String(Math.min(Math.max(0, Math.floor(timeMs)), 10 ** timeDigits - 1)).padStart(timeDigits, '0')
}

/** `2026-11-25T13`, `2026-11-25` or `2026-11`. */
export function bucketOf(grain: UsageGrain, timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, grain === 'hour' ? 13 : grain === 'day' ? 10 : 7)
}

export function bucketStartMs(bucket: string): number {
  return Date.parse(bucket.length === 13 ? `${bucket}:00Z` : `${bucket.padEnd(10, '-01')}T00:00Z`)
}

export function monthOf(timeMs: number): string {
  return bucketOf('month', timeMs)
}

/** A parsed rollup key. The key has only a hash of the model; its name is in the value. */
export interface RollupName {
  readonly grain: UsageGrain
  readonly bucket: string
  readonly direction: UsageDirection
  readonly accountId: AccountId
  readonly keyId: KeyId | null
  /** The other device: the gateway for served usage, the processor for consumed usage. */
  readonly peerDeviceId: DeviceId
}

export function rollupKey(grain: UsageGrain, direction: UsageDirection, receipt: Receipt): string {
  const { finishedAtMs, accountId, keyId, model, processorDeviceId, gatewayDeviceId } = receipt
  const peer = direction === 'served' ? gatewayDeviceId : processorDeviceId
  const bucket = bucketOf(grain, finishedAtMs)
  return `${usageKeys.rollups(grain)}${bucket}/${direction}/${accountId}/${keyId ?? noKey}/${modelTag(model)}/${peer}`
}

const rollupPattern =
  /^v1\/rollup\/(hour|day|month)\/([0-9T-]{7,13})\/(served|consumed)\/([0-9a-f]{64})\/([0-9a-f]{16}|-{16})\/[0-9a-f]{16}\/([0-9a-f]{64})$/

/** Null for a malformed key, which another device may write. */
export function readRollupKey(key: string): RollupName | null {
  const match = rollupPattern.exec(key)
  if (!match) return null
  const [, grain = '', bucket = '', direction = '', account = '', keyId = '', peer = ''] = match
  if (Number.isNaN(bucketStartMs(bucket))) return null
  return {
    grain: grain as UsageGrain,
    bucket,
    direction: direction as UsageDirection,
    accountId: account as AccountId,
    keyId: keyId === noKey ? null : (keyId as KeyId),
    peerDeviceId: peer as DeviceId,
  }
}

const modelTags = new Map<string, string>()

/** Sixteen hexadecimal digits, because model names have any length and any characters. */
function modelTag(model: string): string {
  const known = modelTags.get(model)
  if (known) return known
  const tag = toHex(hash('kith/model-tag/1', bytesOfText(model))).slice(0, 16)
  // Names come from peers, so the cache is bounded.
  if (modelTags.size >= 1_000) modelTags.clear()
  modelTags.set(model, tag)
  return tag
}
