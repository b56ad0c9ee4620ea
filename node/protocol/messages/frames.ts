import {
  encode,
  fixed32,
  fixed64,
  optionalBuffer,
  raw,
  string,
  uint,
  uint32,
  uint8,
  type Encoder,
} from 'compact-encoding'
import { deviceIdSchema } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { fromHex, toHex } from '../../crypto/encoding.ts'
import type { TokenUsage } from '../../engines/engine.ts'
import type { ServedPart } from './generation.ts'
import { parseStruct } from './bytes.ts'
import { readWireError, wireErrorBytes } from './wire-error.ts'
import { wireLimits } from '../wire-limits.ts'

/** What the caller sends on a token channel. */
export type CallerFrame =
  /** The caller has read this much token text, so that much more may be sent. */
  { readonly type: 'credit'; readonly bytes: number } | { readonly type: 'cancel' }

const tags = { accepted: 1, stage: 2, tokens: 3, done: 4, error: 5, receipt: 6, credit: 16, cancel: 17 } as const
const stages = ['loading', 'reading'] as const
const endReasons = ['stop', 'length', 'stopped'] as const

/**
 * A `uint` whose reader takes any 64 bits: a count beyond what a number holds exactly is read as the largest one, which
 * is no less a lie, and the rest of the frame still counts.
 */
const count: Encoder<number> = {
  preencode: (state, value) => uint.preencode(state, value),
  encode: (state, value) => uint.encode(state, value),
  decode(state) {
    if (state.buffer?.[state.start] !== 0xff) return uint.decode(state)
    state.start += 1
    const low = uint32.decode(state)
    return Math.min(Number.MAX_SAFE_INTEGER, uint32.decode(state) * 2 ** 32 + low)
  },
}

const bodies = {
  accepted: struct({ deviceId: fixed32, machineName: string, place: count }),
  stage: struct({ stage: uint8 }),
  tokens: struct({ text: string, tokens: count }),
  done: struct({ reason: uint8, promptTokens: count, completionTokens: count }),
  error: struct({ error: optionalBuffer, usage: optionalBuffer }),
  receipt: struct({ record: string, signature: fixed64 }),
  credit: struct({ bytes: uint }),
  usage: struct({ promptTokens: count, completionTokens: count }),
}

function encodePart(part: ServedPart): Uint8Array {
  switch (part.type) {
    case 'accepted': {
      const deviceId = fromHex(part.deviceId) ?? new Uint8Array(32)
      return tagged(tags.accepted, bodies.accepted, { deviceId, machineName: part.machineName, place: part.place })
    }
    case 'loading':
    case 'reading':
      return tagged(tags.stage, bodies.stage, { stage: stages.indexOf(part.type) })
    case 'text':
      return tagged(tags.tokens, bodies.tokens, { text: part.text, tokens: part.tokens })
    case 'reasoning':
      return tagged(tags.tokens, bodies.tokens, { text: '', tokens: part.tokens })
    case 'receipt':
      return tagged(tags.receipt, bodies.receipt, { record: part.record, signature: part.signature })
    case 'end':
      return tagged(tags.done, bodies.done, { reason: endReasons.indexOf(part.reason), ...part.usage })
    case 'failed': {
      const usage = part.usage ? encode(bodies.usage, part.usage) : null
      return tagged(tags.error, bodies.error, { error: wireErrorBytes(part.error), usage })
    }
  }
}

/** Never throws. */
function decodePart(frame: Uint8Array): Result<ServedPart> {
  if (frame.byteLength > wireLimits.frameBytes) return fail('protocol_error')
  const body = frame.subarray(1)
  switch (frame[0]) {
    case tags.accepted:
      return readAccepted(body)
    case tags.stage: {
      const read = parseStruct(bodies.stage, body)
      const stage = read.ok ? stages[read.value.stage] : undefined
      return stage ? ok({ type: stage }) : fail('protocol_error')
    }
    case tags.tokens: {
      const read = parseStruct(bodies.tokens, body)
      if (!read.ok) return read
      const { text, tokens } = read.value
      return ok(text === '' ? { type: 'reasoning', tokens } : { type: 'text', text, tokens })
    }
    case tags.receipt: {
      const read = parseStruct(bodies.receipt, body)
      return read.ok && read.value.record.length <= wireLimits.receiptUnits
        ? ok({ type: 'receipt', ...read.value })
        : fail('protocol_error')
    }
    case tags.done: {
      const read = parseStruct(bodies.done, body)
      const reason = read.ok ? endReasons[read.value.reason] : undefined
      if (!read.ok || !reason) return fail('protocol_error')
      return ok({ type: 'end', reason, usage: usageOf(read.value) })
    }
    case tags.error:
      return readFailed(body)
    default:
      return fail('protocol_error')
  }
}

/** How the parts of a generation travel, one in a frame. */
export const servedParts = { encode: encodePart, decode: decodePart } as const

export function encodeCallerFrame(frame: CallerFrame): Uint8Array {
  if (frame.type === 'cancel') return Uint8Array.of(tags.cancel)
  return tagged(tags.credit, bodies.credit, { bytes: frame.bytes })
}

export function decodeCallerFrame(frame: Uint8Array): Result<CallerFrame> {
  if (frame[0] === tags.cancel && frame.byteLength === 1) return ok({ type: 'cancel' })
  if (frame[0] !== tags.credit) return fail('protocol_error')
  const read = parseStruct(bodies.credit, frame.subarray(1))
  return read.ok ? ok({ type: 'credit', bytes: read.value.bytes }) : read
}

function readAccepted(body: Uint8Array): Result<ServedPart> {
  const read = parseStruct(bodies.accepted, body)
  if (!read.ok) return read
  const deviceId = deviceIdSchema.safeParse(toHex(read.value.deviceId))
  if (!deviceId.success) return fail('protocol_error')
  const { machineName, place } = read.value
  return ok({ type: 'accepted', deviceId: deviceId.data, machineName: machineName.slice(0, 80), place })
}

function readFailed(body: Uint8Array): Result<ServedPart> {
  const read = parseStruct(bodies.error, body)
  if (!read.ok) return read
  const usage = read.value.usage ? parseStruct(bodies.usage, read.value.usage) : null
  if (usage && !usage.ok) return usage
  return ok({
    type: 'failed',
    error: readWireError(read.value.error ?? new Uint8Array(0)),
    usage: usage ? usageOf(usage.value) : null,
  })
}

function usageOf(counts: TokenUsage): TokenUsage {
  return { promptTokens: counts.promptTokens, completionTokens: counts.completionTokens }
}

function tagged<T>(tag: number, body: Encoder<T>, value: T): Uint8Array {
  return Buffer.concat([Uint8Array.of(tag), encode(body, value)])
}

/** A fixed sequence of named fields. */
function struct<T extends Record<string, unknown>>(fields: { [K in keyof T]: Encoder<T[K]> }): Encoder<T> {
  const names: (keyof T)[] = Object.keys(fields)
  return {
    preencode: (state, value) => names.forEach((name) => fields[name].preencode(state, value[name])),
    encode: (state, value) => names.forEach((name) => fields[name].encode(state, value[name])),
    decode(state) {
      const value: Partial<T> = {}
      for (const name of names) value[name] = fields[name].decode(state)
      return value as T
    },
  }
}

/** Channel frames travel as raw bytes, so that nothing is decoded outside our guard. */
export const frameEncoding: Encoder<Uint8Array> = raw
