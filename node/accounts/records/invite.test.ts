import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../contract/errors.ts'
import type { Result } from '../../contract/result.ts'
import { toBase64Url } from '../../crypto/encoding.ts'
import { keyPairFromSeed, randomBytes } from '../../crypto/keys.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { signRecord } from '../../crypto/signed-record.ts'
import { createAcceptance, packProof, unpackProof, verifyAcceptance } from './acceptance.ts'
import { accountIdOf, deviceIdOf, poolIdOf } from '../ids.ts'
import { createInvite } from './invite.ts'
import { inviteLink, maxLinkLength, openInviteLink } from './invite-link.ts'

const poolKey = keyPairFromSeed(randomBytes(32))
const account = accountIdOf(randomBytes(32))
const device = deviceIdOf(randomBytes(32))
const createdAtMs = 1_000
const expiresAtMs = 10_000
const grant = {
  poolName: '家族のプール 🏡',
  role: 'member',
  plan: 'standard',
  usesAllowed: 2,
  createdAtMs,
  expiresAtMs,
  writerDevice: deviceIdOf(randomBytes(32)),
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
      value: { certificate: { ...grant, pool: poolIdOf(poolKey.publicKey), inviteId: invite.inviteId } },
    })
    expect(link.length).toBeLessThan(1_200)
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
      'x'.repeat(100_000),
    ]
    expect(broken.map((text) => codeOf(openInviteLink(text, 2_000)))).toEqual(broken.map(() => 'invite_malformed'))
  })

  it('is forged when whole but not signed by the pool, or not made for its key', () => {
    const stranger = createInvite(keyPairFromSeed(randomBytes(32)), grant)
    const swappedKey = inviteLink({ certificate: invite.certificate, seed: stranger.seed })
    const bytes = invite.certificate.bytes.map((byte, index) => (index === 5 ? byte ^ 1 : byte))
    const changed = inviteLink({ certificate: { ...invite.certificate, bytes }, seed: invite.seed })
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
    const late = createAcceptance(opened.value.key, opened.value.certificate, { account, device, acceptedAtMs: 20_000 })
    expect(codeOf(verifyAcceptance({ certificate, acceptance: late }, 3_000))).toBe('invite_expired')
  })

  it('is forged when another key signed it, for another purpose, or for another invite', () => {
    const { certificate } = accept()
    const fields = [poolIdOf(poolKey.publicKey), account, device, invite.inviteId, 2_000]
    const inviteKey = keyPairFromSeed(invite.seed)
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
