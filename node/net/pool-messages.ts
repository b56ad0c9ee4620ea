import { z } from 'zod'
import { parseModestJson } from '../base/json-shape.ts'
import { errorCodes } from '../contract/errors.ts'
import { askedSchema, askSchema } from './manager-messages.ts'
import { capabilitiesSchema } from '../protocol/messages/capabilities.ts'

/** Largest message on the pool channel; a list of a few hundred models is far smaller. */
export const maxPoolMessageBytes = 256 * 1024
export const poolProtocolVersion = 1

const hex32 = z.string().regex(/^[0-9a-f]{64}$/)
/** A signed record, packed and in base64url. */
const signed = z.string().max(24_000)

const blind = hex32

const claimsSchema = z.object({
  type: z.literal('claims'),
  version: z.number().int(),
  /** Blinded pool names, one per pool: only a device that knows the pool can recognise one. */
  blinds: z.array(blind).max(64),
})

/** Sent only to a device that has proved to know a pool of ours, so that strangers learn no usernames. */
const helloSchema = z.object({
  type: z.literal('hello'),
  username: z.string().max(32),
  deviceList: signed,
  memberships: z.array(z.object({ blind, proof: z.string().max(24_000).nullable() })).max(64),
})

const admitSchema = z.object({ type: z.literal('admit'), blind, header: signed.nullable() })

const refuseSchema = z.object({
  type: z.literal('refuse'),
  blind,
  code: z.enum(errorCodes),
  details: z.record(z.string().max(64), z.union([z.string().max(200), z.number()])),
})

/** A newer header, for a device that was admitted under an older one. */
const headerSchema = z.object({ type: z.literal('header'), blind, header: signed })
/** Who speaks for the pool: every change of its owner, and its end. Sent to whoever knows the pool. */
const authoritySchema = z.object({
  type: z.literal('authority'),
  blind,
  successions: z.array(z.string().max(2_000)).max(64),
  ending: z.string().max(2_000).nullable(),
})
/** An account leaves; any device passes it on to the manager. Acknowledged by `left`. */
const leaveSchema = z.object({ type: z.literal('leave'), blind, leave: signed })
const leftSchema = z.object({ type: z.literal('left'), blind })

const statementSchema = z.object({ type: z.literal('statement'), blind, statement: signed })

/** All messages of `kith/pool/1`. */
export const poolMessageSchema = z.discriminatedUnion('type', [
  claimsSchema,
  helloSchema,
  admitSchema,
  refuseSchema,
  statementSchema,
  askSchema,
  askedSchema,
  headerSchema,
  authoritySchema,
  leaveSchema,
  leftSchema,
  /** A newer list of an account's devices than the one that was shown. */
  z.object({ type: z.literal('deviceList'), deviceList: signed }),
  z.object({ type: z.literal('capabilities'), capabilities: capabilitiesSchema }),
  z.object({ type: z.literal('beat') }),
])

export type PoolMessage = z.infer<typeof poolMessageSchema>
export type Claims = z.infer<typeof claimsSchema>
export type Hello = z.infer<typeof helloSchema>
export type Admit = z.infer<typeof admitSchema>
export type Refuse = z.infer<typeof refuseSchema>

/** Decodes what a peer sent; null for anything that is not one of our messages. Never throws. */
export function decodePoolMessage(bytes: Uint8Array): PoolMessage | null {
  if (bytes.byteLength > maxPoolMessageBytes) return null
  try {
    const parsed = poolMessageSchema.safeParse(parseModestJson(Buffer.from(bytes).toString('utf8')))
    return parsed.success ? parsed.data : null
  } catch {
    // Not JSON: the caller counts a strike.
    return null
  }
}

export function encodePoolMessage(message: PoolMessage): Uint8Array {
  return Buffer.from(JSON.stringify(message))
}
