import { z } from 'zod'
import { accountIdSchema, deviceIdSchema } from '../contract/ids.ts'
import { errorCodes } from '../contract/errors.ts'
import type { KeyPair } from '../crypto/keys.ts'
import { bytesOfText, textOfBytes, toHex } from '../crypto/encoding.ts'
import { signPurposes } from '../crypto/purposes.ts'
import { openSelfSigned, packSigned, signRecord, unpackSigned } from '../crypto/signed-record.ts'
import { base64Field, deviceNameField, publicKeyField } from '../accounts/records/fields.ts'
import { keyOf } from '../accounts/ids.ts'
import { linkGrantSchema } from '../accounts/linking-grant.ts'
import type { OwnDevice } from '../accounts/vault/vault-contents.ts'

/** What two devices say while one links the other: offer, request, grant; or why not. */
export const linkMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('offer'),
    version: z.number().int(),
    accountId: accountIdSchema,
    username: z.string().min(1).max(32),
  }),
  z.object({ type: z.literal('request'), request: base64Field(2_048) }),
  z.object({ type: z.literal('grant'), grant: linkGrantSchema }),
  z.object({ type: z.literal('taken') }),
  z.object({ type: z.literal('refuse'), code: z.enum(errorCodes) }),
])
export type LinkMessage = z.output<typeof linkMessageSchema>

export const linkVersion = 1

export function encodeLinkMessage(message: LinkMessage): Uint8Array {
  return bytesOfText(JSON.stringify(z.encode(linkMessageSchema, message)))
}

/** Null for anything that is not one of these messages. */
export function decodeLinkMessage(bytes: Uint8Array): LinkMessage | null {
  try {
    const parsed = linkMessageSchema.safeParse(JSON.parse(textOfBytes(bytes) ?? ''))
    return parsed.success ? parsed.data : null
  } catch {
    // Not JSON.
    return null
  }
}

const requestSchema = z.tuple([z.literal(1), deviceIdSchema, publicKeyField, deviceNameField, publicKeyField])

/** Signs that the device of this key asks, on this connection and no other. */
export function createLinkRequest(
  device: KeyPair,
  row: Pick<OwnDevice, 'device' | 'service' | 'name'>,
  handshakeHash: Uint8Array,
): Uint8Array {
  const fields = [row.device, row.service, row.name, lineOf(handshakeHash)]
  return packSigned(signRecord(signPurposes.linkRequest, [1, ...fields], device.secretKey))
}

/** Who asks; null when that device did not sign it, or signed it for another connection. */
export function openLinkRequest(
  request: Uint8Array,
  handshakeHash: Uint8Array,
): Pick<OwnDevice, 'device' | 'service' | 'name'> | null {
  const signed = unpackSigned(request)
  const opened =
    signed && openSelfSigned(signPurposes.linkRequest, signed, requestSchema, ([, device]) => keyOf(device))
  if (!opened) return null
  const [, device, service, name, line] = opened
  return line === lineOf(handshakeHash) ? { device, service, name } : null
}

function lineOf(handshakeHash: Uint8Array): string {
  return toHex(handshakeHash.subarray(0, 32))
}
