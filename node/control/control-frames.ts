import { z } from 'zod'
import { maxCallBytes } from '../contract/contract.ts'
import { kithErrorSchema } from '../contract/errors.ts'

/**
 * What travels over the control socket once both ends have proved themselves: JSON, sealed.
 *
 * The client calls and subscribes; the peer greets, sends results and reports events. docs/headless.md.
 */
export const controlProtocol = 1

/** A result may hold a whole chat, so it may be larger than any call. */
export const maxResultBytes = 4 * maxCallBytes

const name = z.string().max(80)
const callId = z.number().int().nonnegative()

export const clientFrameSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id: callId, name, input: z.unknown().optional() }),
  z.object({ type: z.literal('subscribe'), event: name }),
  z.object({ type: z.literal('unsubscribe'), event: name }),
])

const resultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown().optional() }),
  z.object({ ok: z.literal(false), error: kithErrorSchema }),
])

export const peerFrameSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol: z.number().int() }),
  z.object({ type: z.literal('result'), id: callId, result: resultSchema }),
  z.object({ type: z.literal('event'), name, payload: z.unknown().optional() }),
])

export type ClientFrame = z.input<typeof clientFrameSchema>
export type PeerFrameResult = z.output<typeof resultSchema>
export type PeerFrame = z.input<typeof peerFrameSchema>

/** One frame as it is sealed. */
export function encodeFrame(frame: ClientFrame | PeerFrame): Buffer {
  return Buffer.from(JSON.stringify(frame), 'utf8')
}

/** What a sealed frame holds; undefined where it is not text or not JSON. */
export function decodeFrame(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // The stream cannot be trusted any more.
    return undefined
  }
}
