import { describe, expect, it } from 'vitest'
import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import type { Receipt } from '../contract/usage.ts'
import { TokenCounter } from '../protocol/generations/token-counter.ts'
import { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import { doubtOf } from './receipt-check.ts'
import { signReceipt } from './signed-receipt.ts'
import { newIdentity } from './testing/ledger-bench.ts'
import { receiptOf } from './testing/receipts.ts'

const hourMs = 3_600_000
const nowMs = Date.UTC(2026, 10, 25, 12)
const processor = newIdentity()
const gateway = newIdentity()
const honest = receiptOf(
  { identity: gateway },
  { processorDeviceId: processor.deviceId, gatewayDeviceId: gateway.deviceId, finishedAtMs: nowMs },
)
const bounds = { promptTokens: 1_000, completionTokens: 100 }
const seen = new TokenCounter({
  request: { model: 'paced', turns: [{ role: 'user', text: 'hello' }], maxTokens: 100 },
  machine: processor.deviceId,
  estimates: new PromptEstimates(),
})
seen.follow({ type: 'reading' })
seen.follow({ type: 'text', text: 'a word or two and then some more of them', tokens: 10 })
seen.follow({ type: 'end', reason: 'stop', usage: { promptTokens: 3, completionTokens: 10 } })

/** What a gateway says of a processor's receipt; it knows the honest one. */
function doubt(changes: Partial<Receipt>, secretKey = processor.device.secretKey): string | null {
  return doubtOf(signReceipt({ ...honest, ...changes }, secretKey), honest, bounds, seen, nowMs)
}

describe('a gateway that is shown a receipt', () => {
  it('believes a processor whose clock is an hour off, and not one whose clock is days off', () => {
    for (const offMs of [0, hourMs, -hourMs]) expect(doubt({ finishedAtMs: nowMs + offMs })).toBeNull()
    for (const offMs of [72 * hourMs, -72 * hourMs]) {
      expect(doubt({ finishedAtMs: nowMs + offMs })).toBe('finishedAtMs')
    }
  })

  it('does not believe one that another device signed, or that names other devices', () => {
    expect(doubt({}, newIdentity().device.secretKey)).toBe('signature')
    expect(doubt({}, gateway.device.secretKey)).toBe('signature')
    expect(doubt({ processorDeviceId: gateway.deviceId }, gateway.device.secretKey)).toBe('processorDeviceId')
    expect(doubt({ gatewayDeviceId: 'ab'.repeat(32) as DeviceId })).toBe('gatewayDeviceId')
  })

  it.each<[keyof Receipt, Partial<Receipt>]>([
    ['poolId', { poolId: 'bb'.repeat(32) as PoolId }],
    ['accountId', { accountId: 'cc'.repeat(32) as AccountId }],
    ['keyId', { keyId: 'd'.repeat(16) as KeyId }],
    ['model', { model: 'a dearer one' }],
    ['promptTokens', { promptTokens: 4 }],
    ['completionTokens', { completionTokens: 11 }],
  ])('does not believe one that says something else: %s', (field, changes) => {
    expect(doubt(changes)).toBe(field)
  })

  it('does not believe more than the request allowed, where nothing was seen of the generation', () => {
    const unseen = (changes: Partial<Receipt>): string | null =>
      doubtOf(signReceipt({ ...honest, ...changes }, processor.device.secretKey), honest, bounds, null, nowMs)
    expect(unseen({ promptTokens: 1_000, completionTokens: 100 })).toBeNull()
    expect(unseen({ promptTokens: 1_001 })).toBe('promptTokens')
    expect(unseen({ completionTokens: 200 })).toBe('completionTokens')
  })

  it('does not believe one, seen or not, of a machine whose counts could not be true', () => {
    const said = { promptTokens: 3, completionTokens: 5_000_000 }
    const half = signReceipt(honest, processor.device.secretKey)
    for (const counter of [seen, null]) expect(doubtOf(half, { ...honest, said }, bounds, counter, nowMs)).toBe('said')
    expect(doubt({ said })).toBe('said')
  })
})
