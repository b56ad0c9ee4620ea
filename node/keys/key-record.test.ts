import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviceIdSchema, keyIdSchema } from '../contract/ids.ts'
import { openLabel, sealLabel } from './key-label.ts'
import { heldKeyOf, keyRecordSchema, mergeKeys, type HeldKey } from './key-record.ts'
import { keyRecord } from './testing/key-record.ts'

const devices = ['0a', '7f', 'e0'].map((pair) => deviceIdSchema.parse(pair.repeat(32)))
const held: fc.Arbitrary<HeldKey> = fc.record({
  deviceId: fc.constantFrom(...devices),
  record: fc
    .record({
      revision: fc.integer({ min: 1, max: 4 }),
      state: fc.constantFrom('enabled', 'disabled', 'revoked'),
      secretHash: fc.constantFrom('11'.repeat(32), '22'.repeat(32)),
    })
    .map((chosen) => keyRecord(chosen)),
})
const mergeAll = (records: readonly HeldKey[]): HeldKey => records.reduce(mergeKeys)

describe('merging the records of one key', { retry: 0 }, () => {
  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(held, held, held, (one, two, three) => {
        expect(mergeKeys(one, two)).toEqual(mergeKeys(two, one))
        expect(mergeKeys(mergeKeys(one, two), three)).toEqual(mergeKeys(one, mergeKeys(two, three)))
        expect(mergeKeys(one, one)).toEqual(one)
      }),
      { numRuns: 2_000 },
    )
  })

  it('comes to the same answer in every order, however often a record is heard', () => {
    const shuffled = fc.array(held, { minLength: 1, maxLength: 8 }).chain((records) => {
      const again = fc.shuffledSubarray([...records, ...records], { minLength: records.length * 2 })
      return fc.tuple(fc.constant(records), again)
    })
    fc.assert(
      fc.property(shuffled, ([records, again]) => {
        expect(mergeAll(again)).toEqual(mergeAll(records))
      }),
    )
  })

  it('never takes a revocation back, whatever revision comes later', () => {
    fc.assert(
      fc.property(fc.array(held, { minLength: 1, maxLength: 8 }), (records) => {
        const isRevoked = records.some(({ record }) => record.state === 'revoked')
        expect(mergeAll(records).record.state === 'revoked').toBe(isRevoked)
      }),
    )
  })

  it('takes the highest revision, then the highest device, where nothing is revoked', () => {
    const standing = held.filter(({ record }) => record.state !== 'revoked')
    fc.assert(
      fc.property(fc.array(standing, { minLength: 1, maxLength: 8 }), (records) => {
        const { record, deviceId } = mergeAll(records)
        const highest = Math.max(...records.map((one) => one.record.revision))
        expect(record.revision).toBe(highest)
        const rivals = records.filter((one) => one.record.revision === highest).map((one) => one.deviceId)
        expect(deviceId).toBe([...rivals].sort().at(-1))
      }),
    )
  })
})

describe('a record in a member bee', () => {
  const key = 'v1/key/0123456789abcdef'
  const [device] = devices as [(typeof devices)[number]]

  it.each([
    ['a huge label', { label: 'x'.repeat(5_000) }],
    ['a huge model name', { allowedModels: ['x'.repeat(201)] }],
    ['too many models', { allowedModels: Array.from({ length: 51 }, String) }],
    ['a time zone that nobody has', { timeZone: 'Moon/Tycho' }],
    ['a limit below one', { limits: { requestsPerMinute: 0 } }],
    ['an unknown limit', { limits: { requestsPerBlink: 1 } }],
    ['a revision of zero', { revision: 0 }],
    ['an endless revision', { revision: 1e300 }],
    ['another state', { state: 'asleep' }],
    ['no scope', { scopes: [] }],
    ['a hash of another length', { secretHash: 'ab' }],
  ])('is passed over: %s', (_what, change) => {
    expect(heldKeyOf({ key, value: keyRecord() }, device)).not.toBeNull()
    expect(heldKeyOf({ key, value: { ...keyRecord(), ...change } }, device)).toBeNull()
  })

  it.each(['v1/key/', 'v1/key/xyz', 'v1/key/0123456789ABCDEF', 'v1/profile', `v1/key/${'0'.repeat(1_000)}`])(
    'is none under the name %s',
    (name) => {
      expect(heldKeyOf({ key: name, value: keyRecord() }, device)).toBeNull()
    },
  )

  it('reads anything at all without a throw', () => {
    fc.assert(
      fc.property(fc.string(), fc.anything(), (name, value) => {
        expect(heldKeyOf({ key: name, value }, device)).toBeNull()
        heldKeyOf({ key, value }, device)
      }),
    )
  })
})

describe('the label of a key', () => {
  const keyId = keyIdSchema.parse('0123456789abcdef')
  const labelKey = new Uint8Array(32).fill(1)

  it('opens for the account alone, and only for its own key', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => text.length <= 60)
    fc.assert(
      fc.property(name, (text) => {
        const sealed = sealLabel(labelKey, keyId, { name: text, tail: 'wxyz' })
        expect(keyRecordSchema.safeParse(keyRecord({ label: sealed })).success).toBe(true)
        expect(openLabel(labelKey, keyId, sealed)).toEqual({ name: text, tail: 'wxyz' })
        expect(openLabel(new Uint8Array(32).fill(2), keyId, sealed)).toBeNull()
        expect(openLabel(labelKey, 'fedcba9876543210', sealed)).toBeNull()
      }),
    )
  })

  it('has one length for all usual names', () => {
    const lengths = ['a', 'My laptop', 'x'.repeat(60)].map(
      (name) => sealLabel(labelKey, keyId, { name, tail: '' }).length,
    )
    expect(new Set(lengths).size).toBe(1)
  })
})
