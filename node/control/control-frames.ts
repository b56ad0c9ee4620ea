import { z } from 'zod'
import { maxCallBytes } from '../contract/contract.ts'
import { kithErrorSchema } from '../contract/errors.ts'

/**
 * What travels over the control socket: a length of four bytes, then that many bytes of JSON.
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

export function encodeFrame(frame: ClientFrame | PeerFrame): Buffer {
  const body = Buffer.from(JSON.stringify(frame), 'utf8')
  const head = Buffer.allocUnsafe(4)
  head.writeUInt32BE(body.byteLength)
  return Buffer.concat([head, body])
}

/** Cuts a byte stream into frames. Holds at most one frame of `maxBytes`. */
export class FrameReader {
  #chunks: Buffer[] = []
  #bytes = 0
  readonly #maxBytes: number

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The values of all frames now complete, or null when the stream is garbage and must be closed. */
  push(chunk: Buffer): unknown[] | null {
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    const values: unknown[] = []
    for (;;) {
      if (this.#bytes < 4) return values
      const length = this.#joined(4).readUInt32BE(0)
      if (length === 0 || length > this.#maxBytes) return null
      if (this.#bytes < 4 + length) return values
      const all = this.#joined(4 + length)
      const value = parseJson(all.subarray(4, 4 + length))
      if (value === undefined) return null
      values.push(value)
      this.#chunks = all.byteLength > 4 + length ? [all.subarray(4 + length)] : []
      this.#bytes -= 4 + length
    }
  }

  /** Joins chunks only when the first is shorter than what is wanted: a large frame is copied once. */
  #joined(wantedBytes: number): Buffer {
    const first = this.#chunks[0]
    if (first && first.byteLength >= wantedBytes) return first
    const all = Buffer.concat(this.#chunks)
    this.#chunks = [all]
    return all
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // Not text or not JSON: the stream cannot be trusted any more.
    return undefined
  }
}
