import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOfText, fromBase64Url, fromHex, textOfBytes, toBase64Url, toHex } from './encoding.ts'
import { deriveSeed, equalBytes, hash } from './hash.ts'
import { keyPairFromSecretKey, keyPairFromSeed, randomBytes, wipe } from './keys.ts'
import { keyFromPassword, newPasswordParameters } from './password.ts'
import { signPurposes } from './purposes.ts'
import { openSealed, openSecretBox, sealTo, secretBox } from './seal.ts'
import { sign, verify } from './sign.ts'

const text = bytesOfText
const pair = keyPairFromSeed(new Uint8Array(32).fill(1))
const otherPair = keyPairFromSeed(new Uint8Array(32).fill(2))

describe('hash', () => {
  it('does not let bytes slide between parts or into the purpose', () => {
    const digests = [
      hash('a', text('bc'), text('d')),
      hash('a', text('b'), text('cd')),
      hash('a', text('bcd')),
      hash('ab', text('cd')),
      hash('a', text('bcd'), text('')),
    ].map(toHex)
    expect(new Set(digests).size).toBe(digests.length)
  })

  it('derives seeds that differ by secret, purpose and context', () => {
    const secret = randomBytes(32)
    const seeds = [
      deriveSeed(secret, 'a'),
      deriveSeed(secret, 'b'),
      deriveSeed(secret, 'a', text('x')),
      deriveSeed(randomBytes(32), 'a'),
      hash('a'),
    ].map(toHex)
    expect(new Set(seeds).size).toBe(seeds.length)
    expect(deriveSeed(secret, 'a')).toEqual(deriveSeed(secret, 'a'))
  })

  it('compares bytes of any length', () => {
    expect(equalBytes(text('same'), text('same'))).toBe(true)
    expect(equalBytes(text('same'), text('sane'))).toBe(false)
    expect(equalBytes(text('short'), text('longer'))).toBe(false)
    expect(equalBytes(text(''), text(''))).toBe(true)
  })
})

describe('sign', () => {
  it('refuses another purpose, message, key, or malformed input, without throwing', () => {
    const signature = sign(signPurposes.invite, text('hello'), pair.secretKey)
    expect(verify(signPurposes.invite, text('hello'), signature, pair.publicKey)).toBe(true)
    expect(verify(signPurposes.acceptance, text('hello'), signature, pair.publicKey)).toBe(false)
    expect(verify(signPurposes.invite, text('hello!'), signature, pair.publicKey)).toBe(false)
    expect(verify(signPurposes.invite, text('hello'), signature, otherPair.publicKey)).toBe(false)
    expect(verify(signPurposes.invite, text('hello'), signature.subarray(1), pair.publicKey)).toBe(false)
    expect(verify(signPurposes.invite, text('hello'), signature, new Uint8Array(31))).toBe(false)
    expect(verify(signPurposes.invite, text('hello'), signature, new Uint8Array(32).fill(255))).toBe(false)
  })

  it('takes a view into a larger array as its bytes alone', () => {
    const message = bytesOfText('..hello..').subarray(2, 7)
    const signature = sign(signPurposes.invite, message, pair.secretKey)
    expect(verify(signPurposes.invite, text('hello'), signature, pair.publicKey)).toBe(true)
  })

  it('rebuilds a key pair from its secret key', () => {
    expect(keyPairFromSecretKey(pair.secretKey)).toEqual(pair)
  })
})

describe('seal', () => {
  it('opens only for the key it was sealed to', () => {
    const box = sealTo(pair.publicKey, text('read key'))
    expect(box && openSealed(pair, box)).toEqual(text('read key'))
    expect(box && openSealed(otherPair, box)).toBeNull()
    expect(openSealed(pair, new Uint8Array(10))).toBeNull()
  })

  it('answers null for a key that is no key', () => {
    expect(sealTo(new Uint8Array(32).fill(255), text('x'))).toBeNull()
    expect(sealTo(new Uint8Array(5), text('x'))).toBeNull()
  })

  it('refuses a secret box with any byte changed, another key or another context', () => {
    const key = randomBytes(32)
    const box = secretBox(key, text('contents'), text('context'))
    expect(openSecretBox(key, box, text('context'))).toEqual(text('contents'))
    expect(openSecretBox(key, box, text('other'))).toBeNull()
    expect(openSecretBox(key, box)).toBeNull()
    expect(openSecretBox(randomBytes(32), box, text('context'))).toBeNull()
    for (let at = 0; at < box.byteLength; at++) {
      const changed = box.map((byte, index) => (index === at ? byte ^ 1 : byte))
      expect(openSecretBox(key, changed, text('context'))).toBeNull()
      expect(openSecretBox(key, box.subarray(0, at), text('context'))).toBeNull()
    }
  })
})

describe('password', () => {
  const parameters = newPasswordParameters({ memoryBytes: 8_192, operations: 1 })

  it('gives one key a password and salt, however the accents were typed', async () => {
    const composed = await keyFromPassword('caf\u00e9 au lait', parameters)
    const decomposed = await keyFromPassword('cafe\u0301 au lait', parameters)
    const other = await keyFromPassword('cafe au lait', parameters)
    expect(composed).toEqual(decomposed)
    expect(other).not.toEqual(composed)
    expect(await keyFromPassword('', parameters)).toHaveLength(32)
  })

  it('answers null for a salt that is none', async () => {
    expect(await keyFromPassword('password', { ...parameters, salt: '!'.repeat(22) })).toBeNull()
  })
})

describe('encoding', () => {
  it('reads back what it wrote and refuses every other spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes)
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes)
      }),
    )
    expect(fromHex('AB')).toBeNull()
    expect(fromHex('abc')).toBeNull()
    expect(fromBase64Url('a+b/')).toBeNull()
    expect(fromBase64Url('AB')).toBeNull()
    expect(textOfBytes(Uint8Array.of(0xff))).toBeNull()
  })

  it('wipes a secret', () => {
    const secret = randomBytes(32)
    wipe(secret)
    expect(secret).toEqual(new Uint8Array(32))
  })
})
