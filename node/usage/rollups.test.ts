import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AccountId, DeviceId, KeyId, RequestId } from '../contract/ids.ts'
import type { Receipt, UsageDirection } from '../contract/usage.ts'
import { randomBytes } from '../crypto/keys.ts'
import { keyPairFromSeed } from '../crypto/keys.ts'
import { toHex } from '../crypto/encoding.ts'
import { Bee } from '../state/bee.ts'
import { TestStores } from '../state/testing/test-stores.ts'
import { ReceiptStore } from './receipt-store.ts'
import { attemptIdOf, countersign, signReceipt } from './signed-receipt.ts'
import { ledgerPoolId } from './testing/ledger-bench.ts'

const hex = (byte: number, bytes: number): string => byte.toString(16).padStart(2, '0').repeat(bytes)
const processor = keyPairFromSeed(new Uint8Array(32).fill(1))
const gateway = keyPairFromSeed(new Uint8Array(32).fill(2))
const monthStartMs = Date.UTC(2026, 10, 1)

/** Few of everything, so that receipts meet in buckets. */
const receipt = fc.record({
  request: fc.integer({ min: 0, max: 12 }),
  attempt: fc.integer({ min: 1, max: 2 }),
  account: fc.integer({ min: 0, max: 1 }),
  key: fc.option(fc.integer({ min: 0, max: 1 })),
  model: fc.constantFrom('small', 'hf.co/someone/a/long:name', 'ünïcode'),
  hour: fc.integer({ min: 0, max: 30 }),
  promptTokens: fc.nat(500),
  completionTokens: fc.nat(500),
  outcome: fc.constantFrom<Receipt['outcome']>('complete', 'stopped', 'failed', 'lost'),
})

function built(shape: typeof receipt extends fc.Arbitrary<infer T> ? T : never): Receipt {
  const requestId = hex(shape.request, 16) as RequestId
  return {
    attemptId: attemptIdOf(requestId, shape.attempt),
    requestId,
    poolId: ledgerPoolId,
    accountId: hex(shape.account, 32) as AccountId,
    keyId: shape.key === null ? null : (hex(shape.key, 8) as KeyId),
    model: shape.model,
    modelDigest: '',
    processorDeviceId: toHex(processor.publicKey) as DeviceId,
    gatewayDeviceId: toHex(gateway.publicKey) as DeviceId,
    promptTokens: shape.promptTokens,
    completionTokens: shape.completionTokens,
    countedBy: 'engine',
    said: null,
    queueMs: 0,
    firstTokenMs: null,
    durationMs: 1,
    outcome: shape.outcome,
    seams: 0,
    finishedAtMs: monthStartMs + shape.hour * 3_600_000,
  }
}

let stores: TestStores
beforeAll(async () => {
  stores = await TestStores.create()
})
afterAll(() => stores.close())

describe('rollups', { retry: 0 }, () => {
  it('are the same for receipts in any order, any grouping and with repetition', async () => {
    const store = await stores.open('rollups')
    const directions = fc.constantFrom<UsageDirection>('served', 'consumed')
    const entries = fc.uniqueArray(fc.record({ shape: receipt, direction: directions, isHalf: fc.boolean() }), {
      // One attempt has one receipt; in both directions it is the same one.
      selector: ({ shape: { request, attempt } }) => `${request}-${attempt}`,
      maxLength: 12,
    })
    const open = async (): Promise<Bee> => Bee.open(store, 'usage', { keyPair: keyPairFromSeed(randomBytes(32)) }, null)
    await fc.assert(
      fc.asyncProperty(entries, fc.array(fc.nat(11), { maxLength: 6 }), fc.nat(), async (drawn, repeated, seed) => {
        const receipts = drawn.map((one) => {
          const half = signReceipt(built(one.shape), processor.secretKey)
          return { ...one, signed: one.isHalf ? half : countersign(half, gateway.secretKey) }
        })
        const again = repeated.flatMap((index) => receipts[index] ?? [])
        const shuffled = [...receipts, ...again].sort(byNoise(seed))
        const [alone, together] = [await open(), await open()]
        const oneByOne = new ReceiptStore(async () => ({ current: alone, earlier: [] }))
        for (const { signed, direction } of receipts) {
          const written = oneByOne.record(signed, direction)
          await oneByOne.flush()
          await written
        }
        const inGroups = new ReceiptStore(async () => ({ current: together, earlier: [] }))
        const written = shuffled.map(({ signed, direction }) => inGroups.record(signed, direction))
        await inGroups.flush()
        await Promise.all(written)
        const contents = async (bee: Bee) => bee.list('v1/r', z.unknown())
        expect(await contents(together)).toEqual(await contents(alone))
        await alone.close()
        await together.close()
      }),
      { numRuns: 40 },
    )
  })
})

/** An order that depends on the seed alone. */
function byNoise(seed: number) {
  const rank = new Map<unknown, number>()
  let state = seed
  const of = (item: unknown): number => {
    const known = rank.get(item)
    if (known !== undefined) return known
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    rank.set(item, state)
    return state
  }
  return (left: unknown, right: unknown): number => of(left) - of(right)
}
