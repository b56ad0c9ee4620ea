import { z } from 'zod'
import { parseModestJson } from '../base/json-shape.ts'
import { accountIdSchema, deviceIdSchema } from '../contract/ids.ts'
import { errorCodes } from '../contract/errors.ts'
import type { KeyPair } from '../crypto/keys.ts'
import { bytesOfText, textOfBytes, toHex } from '../crypto/encoding.ts'
import { signPurposes } from '../crypto/purposes.ts'
import { openSelfSigned, packSigned, signRecord, unpackSigned } from '../crypto/signed-record.ts'
import { base64Field, deviceNameField, publicKeyField } from '../accounts/records/fields.ts'
import { keyOf } from '../accounts/ids.ts'
import { linkingGrantSchema } from '../accounts/linking-grant.ts'
import type { OwnDevice } from '../accounts/vault/vault-contents.ts'

/** Messages of linking, in order: offer, request, grant, taken. A refusal may replace any of the host's. */
export const linkingMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('offer'),
    version: z.number().int(),
    accountId: accountIdSchema,
    username: z.string().min(1).max(32),
  }),
  z.object({ type: z.literal('request'), request: base64Field(2_048) }),
  z.object({ type: z.literal('grant'), grant: linkingGrantSchema }),
  z.object({ type: z.literal('taken') }),
  z.object({ type: z.literal('refuse'), code: z.enum(errorCodes) }),
])
export type LinkingMessage = z.output<typeof linkingMessageSchema>

export const linkingVersion = 1

export function encodeLinkingMessage(message: LinkingMessage): Uint8Array {
  return bytesOfText(JSON.stringify(z.encode(linkingMessageSchema, message)))
}

/** Null for anything that is not one of these messages. */
export function decodeLinkingMessage(bytes: Uint8Array): LinkingMessage | null {
  try {
    const parsed = linkingMessageSchema.safeParse(parseModestJson(textOfBytes(bytes) ?? ''))
    return parsed.success ? parsed.data : null
  } catch {
    // Not JSON.
    return null
  }
}

const requestSchema = z.tuple([z.literal(1), deviceIdSchema, publicKeyField, deviceNameField, publicKeyField])

/** A request to be linked, signed for this connection only. */
export function createLinkingRequest(
  device: KeyPair,
  row: Pick<OwnDevice, 'device' | 'service' | 'name'>,
  handshakeHash: Uint8Array,
): Uint8Array {
  const fields = [row.device, row.service, row.name, lineOf(handshakeHash)]
  return packSigned(signRecord(signPurposes.linkingRequest, [1, ...fields], device.secretKey))
}

/** The device that sent a request; null when it did not sign it, or signed it for another connection. */
export function openLinkingRequest(
  request: Uint8Array,
  handshakeHash: Uint8Array,
): Pick<OwnDevice, 'device' | 'service' | 'name'> | null {
  const signed = unpackSigned(request)
  const opened =
    signed && openSelfSigned(signPurposes.linkingRequest, signed, requestSchema, ([, device]) => keyOf(device))
  if (!opened) return null
  const [, device, service, name, line] = opened
  return line === lineOf(handshakeHash) ? { device, service, name } : null
}

function lineOf(handshakeHash: Uint8Array): string {
  return toHex(handshakeHash.subarray(0, 32))
}
