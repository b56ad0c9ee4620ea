import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccountId, KeyId, PoolId } from '../contract/ids.ts'
import { decodeBase32, encodeBase32 } from '../crypto/base32.ts'
import { maskedKey, parseKey, plainKeyOf, secretBytes, tailOf } from './key-text.ts'

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: length, maxLength: length })
const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const names = fc.record({ poolId: hex(64), accountId: hex(64), keyId: hex(16) }) as fc.Arbitrary<{
  poolId: PoolId
  accountId: AccountId
  keyId: KeyId
}>
const plainKey = fc.tuple(names, bytes(secretBytes)).map(([who, secret]) => plainKeyOf(who, secret))

const codeOf = (text: string): string => {
  const parsed = parseKey(text)
  return parsed.ok ? 'ok' : parsed.error.code
}

describe('the text of an API key', () => {
  it('reads back as it was made', () => {
    fc.assert(
      fc.property(names, bytes(secretBytes), (who, secret) => {
        const text = plainKeyOf(who, secret)
        const { poolId, accountId, keyId } = who
        expect(parseKey(text)).toEqual({
          ok: true,
          value: { poolTag: poolId.slice(0, 6), accountTag: accountId.slice(0, 6), keyId, secret },
        })
        expect(text.length).toBeLessThanOrEqual(200)
      }),
    )
  })

  it('is mistyped, and never another key, when one character anywhere is another', () => {
    const letters = fc.constantFrom(...Array.from('0123456789abcdefghijklmnopqrstuvwxyzABCXYZ-'))
    fc.assert(
      fc.property(plainKey, fc.nat(), letters, (text, place, letter) => {
        const index = place % text.length
        const changed = text.slice(0, index) + letter + text.slice(index + 1)
        fc.pre(changed !== text)
        expect(codeOf(changed)).toBe(index < 'sk-kith-'.length ? 'key_malformed' : 'key_mistyped')
      }),
      { numRuns: 3_000 },
    )
  })

  it('is mistyped when two neighbours changed places, or when something is missing or doubled', () => {
    fc.assert(
      fc.property(plainKey, fc.nat(), (text, place) => {
        const index = 8 + (place % (text.length - 9))
        const [left = '', right = ''] = text.slice(index, index + 2)
        const swapped = text.slice(0, index) + right + left + text.slice(index + 2)
        if (swapped !== text) expect(codeOf(swapped)).toBe('key_mistyped')
        expect(codeOf(text.slice(0, index) + text.slice(index + 1))).toBe('key_mistyped')
        expect(codeOf(text.slice(0, index) + left + text.slice(index))).toBe('key_mistyped')
      }),
    )
  })

  it('is mistyped when it is cut anywhere after its beginning', () => {
    const [text] = fc.sample(plainKey, 1)
    for (let length = 0; length < (text ?? '').length; length += 1) {
      expect(codeOf((text ?? '').slice(0, length))).toBe(length < 8 ? 'key_malformed' : 'key_mistyped')
    }
  })

  it.each(['', 'sk-proj-abc', 'Bearer sk-kith-', ' sk-kith-00', 'sk-kith-ключ', 'sk-kith-a b', 'sk-kith-\0'])(
    'is none: %j',
    (text) => {
      expect(codeOf(text)).toBe('key_malformed')
    },
  )

  it('shows its beginning and its last four characters when it is masked', () => {
    const who = { poolId: 'ab'.repeat(32), accountId: 'cd'.repeat(32), keyId: '0123456789abcdef' } as never
    const text = plainKeyOf(who, new Uint8Array(secretBytes).fill(7))
    expect(maskedKey(who, tailOf(text))).toBe(`sk-kith-ababab-cdcdcd-0123456789abcdef-…${text.slice(-4)}`)
  })
})

describe('base32', () => {
  it('has one text for each value, and no value for other texts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (value) => {
        expect(decodeBase32(encodeBase32(value), value.byteLength)).toEqual(value)
      }),
    )
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefghijklmnopqrstuvwxyz')), maxLength: 52 }),
        (text) => {
          const value = decodeBase32(text, Math.floor((text.length * 5) / 8))
          if (value) expect(encodeBase32(value)).toBe(text)
        },
      ),
    )
  })
})
