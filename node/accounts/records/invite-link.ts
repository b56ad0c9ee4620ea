import { maxInviteText } from '../../contract/invite-text.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { fromBase64Url, joinBytes, toBase64Url } from '../../crypto/encoding.ts'
import { equalBytes, hash } from '../../crypto/hash.ts'
import { keyPairFromSeed, seedBytes, type KeyPair } from '../../crypto/keys.ts'
import { signatureBytes } from '../../crypto/sign.ts'
import { unpackSigned, type SignedBytes } from '../../crypto/signed-record.ts'
import { inviteIdOf } from '../ids.ts'
import {
  certificateBytes,
  checkInviteTime,
  inviteKeyOf,
  inviteSecretBytes,
  termsBytes,
  verifyInvite,
  type InviteCertificate,
  type NewInvite,
} from './invite.ts'

export const maxLinkLength = 2_000
const prefix = 'kith://join/'
const version = 2
const checksumBytes = 3
/** Links of the first version, which carried the certificate whole. */
const firstVersion = 1
const firstChecksumBytes = 4

/** An invite as read from its link, verified. */
export interface OpenInvite {
  readonly certificate: InviteCertificate
  readonly signedCertificate: SignedBytes
  /** The key that accepts. */
  readonly key: KeyPair
}

/** The link of an invite. It is a secret: whoever has it may join. */
export function inviteLink({ certificate, secret }: Pick<NewInvite, 'certificate' | 'secret'>): string {
  // The invite's public key follows from the secret, so that it is left out.
  const body = joinBytes(Uint8Array.of(version), secret, certificate.signature, termsBytes(certificate))
  return prefix + toBase64Url(joinBytes(body, checksumOf(body, checksumBytes)))
}

/**
 * Reads a link, alone or within a text such as a message or the page it was saved as.
 *
 * The checksum distinguishes a link that was cut or mistyped (`invite_malformed`) from one that the pool did
 * not make (`invite_forged`).
 */
export function openInviteLink(text: string, nowMs: number): Result<OpenInvite> {
  if (text.length > maxInviteText) return fail('invite_malformed')
  let failure: Result<OpenInvite> = fail('invite_malformed')
  for (const letters of lettersIn(text)) {
    const opened = openLetters(letters, nowMs)
    if (opened.ok) return opened
    if (opened.error.code !== 'invite_malformed') failure = opened
  }
  return failure
}

/** What may be the letters of a link: mail programs break long links and add spaces, and words may follow one. */
function lettersIn(text: string): readonly string[] {
  const start = /kith:\/\/join\//i.exec(text)?.index
  if (start === undefined) return []
  const rest = text.slice(start + prefix.length)
  const whole = rest
    .slice(0, maxLinkLength * 2)
    .replace(/\s+/g, '')
    .replace(/\/$/, '')
  const first = /^[\w-]*/.exec(rest)?.[0] ?? ''
  return [...new Set([whole, first])].filter((letters) => letters.length <= maxLinkLength - prefix.length)
}

function openLetters(letters: string, nowMs: number): Result<OpenInvite> {
  const packed = fromBase64Url(letters)
  if (!packed) return fail('invite_malformed')
  switch (packed[0]) {
    case version:
      return openPacked(packed, nowMs)
    case firstVersion:
      return openFirst(packed, nowMs)
    default:
      // Only a whole link says which version it is: anything else is a mistyped one.
      return isWhole(packed, checksumBytes) ? fail('version_mismatch') : fail('invite_malformed')
  }
}

function openPacked(packed: Uint8Array, nowMs: number): Result<OpenInvite> {
  if (!isWhole(packed, checksumBytes)) return fail('invite_malformed')
  const body = packed.subarray(1, -checksumBytes)
  const signature = body.slice(inviteSecretBytes, inviteSecretBytes + signatureBytes)
  const terms = body.slice(inviteSecretBytes + signatureBytes)
  const key = inviteKeyOf(body.slice(0, inviteSecretBytes))
  return judge({ bytes: certificateBytes(inviteIdOf(key.publicKey), terms), signature }, key, nowMs)
}

function openFirst(packed: Uint8Array, nowMs: number): Result<OpenInvite> {
  if (!isWhole(packed, firstChecksumBytes)) return fail('invite_malformed')
  const body = packed.subarray(1, -firstChecksumBytes)
  const certificate = unpackSigned(body.subarray(seedBytes))
  if (!certificate) return fail('invite_malformed')
  return judge(certificate, keyPairFromSeed(body.slice(0, seedBytes)), nowMs)
}

function judge(signedCertificate: SignedBytes, key: KeyPair, nowMs: number): Result<OpenInvite> {
  const certificate = verifyInvite(signedCertificate)
  if (certificate?.inviteId !== inviteIdOf(key.publicKey)) return fail('invite_forged')
  const inTime = checkInviteTime(certificate, nowMs)
  return inTime.ok ? ok({ certificate, signedCertificate, key }) : inTime
}

/** Whether the checksum at the end fits; every link is longer than a signature. */
function isWhole(packed: Uint8Array, length: number): boolean {
  if (packed.byteLength <= 1 + inviteSecretBytes + signatureBytes + length) return false
  const body = packed.subarray(0, -length)
  return equalBytes(packed.subarray(-length), checksumOf(body, length))
}

/** One context for both versions: a checksum proves nothing. */
function checksumOf(body: Uint8Array, length: number): Uint8Array {
  return hash('kith/invite-link/1', body).slice(0, length)
}
