import { fail, ok, type Result } from '../../contract/result.ts'
import { fromBase64Url, joinBytes, toBase64Url } from '../../crypto/encoding.ts'
import { equalBytes, hash } from '../../crypto/hash.ts'
import { keyPairFromSeed, seedBytes, type KeyPair } from '../../crypto/keys.ts'
import { packSigned, unpackSigned, type SignedBytes } from '../../crypto/signed-record.ts'
import { inviteIdOf } from '../ids.ts'
import { checkInviteTime, verifyInvite, type InviteCertificate } from './invite.ts'

export const maxLinkLength = 2_000
const prefix = 'kith://join/'
const linkingVersion = 1
const checksumBytes = 4

/** An invite as read from its link, verified. */
export interface OpenInvite {
  readonly certificate: InviteCertificate
  readonly signedCertificate: SignedBytes
  /** The key that accepts. */
  readonly key: KeyPair
}

/** The link of an invite. It is a secret: whoever has it may join. */
export function inviteLink(invite: { readonly certificate: SignedBytes; readonly seed: Uint8Array }): string {
  const body = joinBytes(Uint8Array.of(linkingVersion), invite.seed, packSigned(invite.certificate))
  return prefix + toBase64Url(joinBytes(body, checksumOf(body)))
}

/**
 * Reads a link.
 *
 * The checksum distinguishes a link that was cut or mistyped (`invite_malformed`) from one that the pool did
 * not make (`invite_forged`).
 */
export function openInviteLink(text: string, nowMs: number): Result<OpenInvite> {
  if (text.length > maxLinkLength * 2) return fail('invite_malformed')
  // Mail programs break long links and add spaces.
  const link = text.replace(/\s+/g, '')
  if (link.length > maxLinkLength || !link.toLowerCase().startsWith(prefix)) return fail('invite_malformed')
  const packed = fromBase64Url(link.slice(prefix.length).replace(/\/$/, ''))
  if (!packed || packed.byteLength < 1 + seedBytes + checksumBytes) return fail('invite_malformed')
  const body = packed.subarray(0, -checksumBytes)
  if (!equalBytes(packed.subarray(-checksumBytes), checksumOf(body))) return fail('invite_malformed')
  if (body[0] !== linkingVersion) return fail('version_mismatch')
  return openBody(body.slice(1, 1 + seedBytes), body.subarray(1 + seedBytes), nowMs)
}

function openBody(seed: Uint8Array, packedCertificate: Uint8Array, nowMs: number): Result<OpenInvite> {
  const signedCertificate = unpackSigned(packedCertificate)
  if (!signedCertificate) return fail('invite_malformed')
  const certificate = verifyInvite(signedCertificate)
  const key = keyPairFromSeed(seed)
  if (certificate?.inviteId !== inviteIdOf(key.publicKey)) return fail('invite_forged')
  const inTime = checkInviteTime(certificate, nowMs)
  return inTime.ok ? ok({ certificate, signedCertificate, key }) : inTime
}

function checksumOf(body: Uint8Array): Uint8Array {
  return hash('kith/invite-link/1', body).slice(0, checksumBytes)
}
