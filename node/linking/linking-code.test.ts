import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { codeOf, valueOf } from '../accounts/testing/account-fixture.ts'
import { ownDevice } from '../accounts/own-devices.ts'
import { deviceKeyPair } from '../accounts/identity.ts'
import { newLinkingCode, readLinkingCode } from './linking-code.ts'
import {
  createLinkingRequest,
  decodeLinkingMessage,
  encodeLinkingMessage,
  openLinkingRequest,
} from './linking-messages.ts'

describe('a link code', () => {
  it('is six groups of four letters, and gives both sides the same keys however it is typed', () => {
    const { code, keys } = newLinkingCode()
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/)
    const typed = [
      code,
      code.toLowerCase(),
      code.replaceAll('-', ' '),
      code.replaceAll('-', ''),
      ` ${code.replaceAll('-', ' – ')}\n`,
      code.replaceAll('1', 'l').replaceAll('0', 'O'),
    ]
    for (const text of typed) expect(valueOf(readLinkingCode(text))).toEqual(keys)
    expect(keys.host.publicKey).not.toEqual(keys.guest.publicKey)
    expect(newLinkingCode().code).not.toBe(code)
  })

  it('knows every single mistyped letter, every two that changed places, and every other text', () => {
    const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
    let accepted = 0
    let tried = 0
    const { code } = newLinkingCode()
    const chars = [...code]
    for (const [at, letter] of chars.entries()) {
      if (letter === '-') continue
      for (const other of letters) {
        if (other === letter) continue
        tried += 1
        if (readLinkingCode([...chars.slice(0, at), other, ...chars.slice(at + 1)].join('')).ok) accepted += 1
      }
    }
    // The checksum has 16 bits: of these 744, one in 88 codes has a false friend.
    expect(tried).toBe(744)
    expect(accepted).toBeLessThanOrEqual(2)
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => codeOf(readLinkingCode(text)) === 'link_code_malformed'),
    )
  })
})

describe('a request to be linked', () => {
  const seed = randomBytes(32)
  const row = ownDevice(seed, 'Laptop', 1)
  const line = randomBytes(64)

  it('holds on the line it was made for, and only from the device it names', () => {
    const { device, service, name } = row
    const request = createLinkingRequest(deviceKeyPair(seed), row, line)
    expect(openLinkingRequest(request, line)).toEqual({ device, service, name })
    expect(openLinkingRequest(request, randomBytes(64))).toBeNull()
    expect(openLinkingRequest(createLinkingRequest(keyPairFromSeed(randomBytes(32)), row, line), line)).toBeNull()
    expect(decodeLinkingMessage(encodeLinkingMessage({ type: 'request', request }))).toEqual({
      type: 'request',
      request,
    })
  })

  it('is nothing when it is rubbish', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(decodeLinkingMessage(bytes)).toBeNull()
        expect(openLinkingRequest(bytes, line)).toBeNull()
      }),
    )
  })
})
