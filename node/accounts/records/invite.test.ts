import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../contract/errors.ts'
import type { Result } from '../../contract/result.ts'
import { planIdSchema } from '../../contract/ids.ts'
import { defaultPlanId } from '../../contract/pools.ts'
import { fromBase64Url, joinBytes, toBase64Url } from '../../crypto/encoding.ts'
import { equalBytes, hash } from '../../crypto/hash.ts'
import { keyPairFromSeed, randomBytes } from '../../crypto/keys.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { packSigned, signRecord } from '../../crypto/signed-record.ts'
import { createAcceptance, packProof, unpackProof, verifyAcceptance } from './acceptance.ts'
import { accountIdOf, deviceIdOf, inviteIdOf, poolIdOf } from '../ids.ts'
import { createInvite, inviteKeyOf } from './invite.ts'
import { invitePage } from './invite-page.ts'
import { inviteLink, maxLinkLength, openInviteLink } from './invite-link.ts'

const poolKey = keyPairFromSeed(randomBytes(32))
const account = accountIdOf(randomBytes(32))
const device = deviceIdOf(randomBytes(32))
const createdAtMs = 1_000
const expiresAtMs = createdAtMs + 60_000
const minuteMs = 60_000
const writerDevice = deviceIdOf(randomBytes(32))
const pool = poolIdOf(poolKey.publicKey)
const terms = { pool, poolName: '家族のプール 🏡', role: 'member', usesAllowed: 2, createdAtMs } as const
const grant = {
  ...terms,
  generation: 0,
  inviter: 'Ζωή',
  plan: planIdSchema.parse('standard'),
  lifetimeMs: minuteMs,
  writerDevice,
} as const
const invite = createInvite(poolKey, grant)
const link = inviteLink(invite)

function codeOf(result: Result<unknown>): ErrorCode | 'ok' {
  return result.ok ? 'ok' : result.error.code
}

function accept(nowMs = 2_000) {
  const opened = openInviteLink(link, nowMs)
  if (!opened.ok) throw new Error(opened.error.code)
  const { certificate, signedCertificate, key } = opened.value
  return {
    certificate: signedCertificate,
    acceptance: createAcceptance(key, certificate, { account, device, acceptedAtMs: nowMs }),
  }
}

describe('an invite link', () => {
  it('carries the certificate and the key that accepts', () => {
    const opened = openInviteLink(link, 2_000)
    expect(opened).toMatchObject({
      ok: true,
      value: { certificate: { ...terms, expiresAtMs, inviter: 'Ζωή', plan: 'standard', inviteId: invite.inviteId } },
    })
    const certificate = opened.ok ? opened.value.certificate : null
    expect(certificate?.writerDevice).toBe(writerDevice)
  })

  it('has 243 letters for a usual pool, and is bounded for the longest names', () => {
    const usual = { ...grant, poolName: 'Friends', inviter: 'alice', plan: defaultPlanId, usesAllowed: 1 }
    const week = { ...usual, createdAtMs: Date.UTC(2026, 10, 30), lifetimeMs: 7 * 24 * 60 * minuteMs }
    expect(inviteLink(createInvite(poolKey, week))).toHaveLength(243)
    const long = { poolName: '家'.repeat(40), inviter: '族'.repeat(32), plan: planIdSchema.parse('p'.repeat(32)) }
    const handedOver = createInvite(keyPairFromSeed(randomBytes(32)), { ...week, ...long, generation: 64 })
    expect(inviteLink(handedOver).length).toBeLessThan(700)
    expect(codeOf(openInviteLink(inviteLink(handedOver), week.createdAtMs))).toBe('ok')
  })

  it('is found in a message, with words before and after it, and in the page it was saved as', () => {
    expect(codeOf(openInviteLink(`Hi!\n\nHere it is: ${link}\n\nSee you`, 2_000))).toBe('ok')
    expect(codeOf(openInviteLink(`<${link}>`, 2_000))).toBe('ok')
    const opened = openInviteLink(link, 2_000)
    if (!opened.ok) throw new Error(opened.error.code)
    expect(codeOf(openInviteLink(invitePage(opened.value.certificate, link).text, 2_000))).toBe('ok')
  })

  it('of the first version is still read, without a name', () => {
    const seed = randomBytes(32)
    const inviteId = inviteIdOf(keyPairFromSeed(seed).publicKey)
    const fields = [pool, 'Friends', inviteId, 'guest', 'standard', 3, 1_000, 9_000, writerDevice]
    const certificate = packSigned(signRecord(signPurposes.invite, [1, ...fields], poolKey.secretKey))
    const body = joinBytes(Uint8Array.of(1), seed, certificate)
    const checksum = hash('kith/invite-link/1', body).slice(0, 4)
    const old = `kith://join/${toBase64Url(joinBytes(body, checksum))}`
    const opened = openInviteLink(old, 2_000)
    expect(opened).toMatchObject({
      ok: true,
      value: {
        certificate: { pool, poolName: 'Friends', inviter: null, role: 'guest', generation: 0, expiresAtMs: 9_000 },
      },
    })
    expect(opened.ok && opened.value.certificate.writerDevice).toBe(writerDevice)
    expect(codeOf(openInviteLink(old, 9_000))).toBe('invite_expired')
    expect(codeOf(openInviteLink(old.slice(0, -2), 2_000))).toBe('invite_malformed')
  })

  it('of a later version says so', () => {
    const body = joinBytes(Uint8Array.of(9), randomBytes(150))
    const later = joinBytes(body, hash('kith/invite-link/1', body).slice(0, 3))
    expect(codeOf(openInviteLink(`kith://join/${toBase64Url(later)}`, 2_000))).toBe('version_mismatch')
  })

  it('is read with the spaces and line breaks that mail programs add', () => {
    expect(codeOf(openInviteLink(`  ${link.slice(0, 60)}\r\n ${link.slice(60)}\n`, 2_000))).toBe('ok')
    expect(codeOf(openInviteLink(link.replace('kith://join', 'KITH://JOIN'), 2_000))).toBe('ok')
  })

  it('is malformed when cut, mistyped, too long or something else', () => {
    const broken = [
      '',
      'https://example.org',
      'kith://join/',
      'kith://join/!!!!',
      link.slice(0, -1),
      `${link}AAAA`,
      `${link.slice(0, 100)}${link[100] === 'x' ? 'y' : 'x'}${link.slice(101)}`,
      `kith://join/${'A'.repeat(maxLinkLength)}`,
      `kith://join/ ${'A '.repeat(30_000)}`,
      'x'.repeat(100_000),
    ]
    expect(broken.map((text) => codeOf(openInviteLink(text, 2_000)))).toEqual(broken.map(() => 'invite_malformed'))
  })

  it('is forged when whole but not signed by the pool, or not made for its key', () => {
    const stranger = createInvite(keyPairFromSeed(randomBytes(32)), grant)
    const swappedKey = inviteLink({ certificate: invite.certificate, secret: stranger.secret })
    const bytes = invite.certificate.bytes.map((byte, index) => (index === 40 ? byte ^ 1 : byte))
    const changed = inviteLink({ certificate: { ...invite.certificate, bytes }, secret: invite.secret })
    expect([swappedKey, changed].map((text) => codeOf(openInviteLink(text, 2_000)))).toEqual([
      'invite_forged',
      'invite_forged',
    ])
  })

  it('expires at its time', () => {
    expect(codeOf(openInviteLink(link, expiresAtMs - 1))).toBe('ok')
    expect(codeOf(openInviteLink(link, expiresAtMs))).toBe('invite_expired')
  })

  it('never throws, whatever bytes it holds', () => {
    for (let round = 0; round < 200; round++) {
      const text = `kith://join/${toBase64Url(randomBytes(round * 4))}`
      expect(codeOf(openInviteLink(text, 2_000))).toBe('invite_malformed')
    }
  })

  it('never throws and never passes for anything but what was made, however its bytes are changed', () => {
    const body = fromBase64Url(link.slice('kith://join/'.length))?.slice(0, -3) ?? new Uint8Array()
    const whole = (bytes: Uint8Array): string =>
      `kith://join/${toBase64Url(joinBytes(bytes, hash('kith/invite-link/1', bytes).slice(0, 3)))}`
    expect(codeOf(openInviteLink(whole(body), 2_000))).toBe('ok')
    const change = fc.record({
      at: fc.nat(body.byteLength - 1),
      put: fc.uint8Array({ minLength: 1, maxLength: 12 }),
      cut: fc.nat(12),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let changed: Uint8Array = body
        for (const { at, put, cut } of changes)
          changed = joinBytes(changed.subarray(0, at), put, changed.subarray(at + cut))
        const code = codeOf(openInviteLink(whole(changed), 2_000))
        if (equalBytes(changed, body)) return code === 'ok'
        return ['invite_malformed', 'invite_forged', 'version_mismatch'].includes(code)
      }),
    )
  })

  it('reads back what it says, whatever that is', () => {
    const text = (maxBytes: number) => fc.string({ unit: 'grapheme', minLength: 1, maxLength: maxBytes })
    const any = fc.record({
      poolName: text(40).filter((name) => name.length <= 40),
      inviter: text(32).filter((name) => name.length <= 32),
      role: fc.constantFrom('member' as const, 'guest' as const),
      plan: fc.constantFrom(defaultPlanId, planIdSchema.parse('kids')),
      usesAllowed: fc.integer({ min: 1, max: 1_000 }),
      createdAtMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      minutes: fc.integer({ min: 1, max: 365 * 24 * 60 }),
      generation: fc.integer({ min: 0, max: 64 }),
    })
    fc.assert(
      fc.property(any, ({ minutes, ...said }) => {
        const made = createInvite(poolKey, { ...said, pool, lifetimeMs: minutes * minuteMs, writerDevice })
        const opened = openInviteLink(inviteLink(made), said.createdAtMs)
        if (!opened.ok) return false
        expect(opened.value.certificate).toMatchObject({ ...said, inviteId: made.inviteId })
        return opened.value.certificate.expiresAtMs === made.expiresAtMs
      }),
    )
  })
})

describe('an acceptance', () => {
  it('is checked offline down to the pool key', () => {
    const verified = verifyAcceptance(accept(), 3_000)
    expect(verified).toMatchObject({
      ok: true,
      value: { account, device, acceptedAtMs: 2_000, certificate: { pool: poolIdOf(poolKey.publicKey) } },
    })
  })

  it('is refused when first seen after the expiry, or dated after it', () => {
    expect(codeOf(verifyAcceptance(accept(), expiresAtMs))).toBe('invite_expired')
    const { certificate } = accept()
    const opened = openInviteLink(link, 2_000)
    if (!opened.ok) throw new Error(opened.error.code)
    const late = createAcceptance(opened.value.key, opened.value.certificate, {
      account,
      device,
      acceptedAtMs: 100_000,
    })
    expect(codeOf(verifyAcceptance({ certificate, acceptance: late }, 3_000))).toBe('invite_expired')
  })

  it('is forged when another key signed it, for another purpose, or for another invite', () => {
    const { certificate } = accept()
    const fields = [poolIdOf(poolKey.publicKey), account, device, invite.inviteId, 2_000]
    const inviteKey = inviteKeyOf(invite.secret)
    const other = createInvite(poolKey, grant)
    const forged = [
      signRecord(signPurposes.acceptance, [1, ...fields], poolKey.secretKey),
      signRecord(signPurposes.invite, [1, ...fields], inviteKey.secretKey),
      signRecord(signPurposes.acceptance, [1, account, ...fields.slice(1)], inviteKey.secretKey),
      signRecord(signPurposes.acceptance, [1, ...fields.slice(0, 3), other.inviteId, 2_000], inviteKey.secretKey),
    ]
    const codes = forged.map((acceptance) => codeOf(verifyAcceptance({ certificate, acceptance }, 3_000)))
    expect(codes).toEqual(forged.map(() => 'invite_forged'))
    const swapped = { certificate: other.certificate, acceptance: accept().acceptance }
    expect(codeOf(verifyAcceptance(swapped, 3_000))).toBe('invite_forged')
  })

  it('is refused with any byte of the packed chain changed or cut off, and nothing is thrown', () => {
    const packed = packProof(accept())
    const whole = unpackProof(packed)
    expect(whole && codeOf(verifyAcceptance(whole, 3_000))).toBe('ok')
    for (let at = 0; at < packed.byteLength; at++) {
      const changed = unpackProof(packed.map((byte, index) => (index === at ? byte ^ 1 : byte)))
      expect(changed ? codeOf(verifyAcceptance(changed, 3_000)) : 'invite_forged').toBe('invite_forged')
      const cut = unpackProof(packed.subarray(0, at))
      expect(cut ? codeOf(verifyAcceptance(cut, 3_000)) : 'invite_forged').toBe('invite_forged')
    }
  })
})
