import { buffer, encode, optionalBuffer, uint, uint8, type Encoder } from 'compact-encoding'
import { fail, ok, type Result } from '../../contract/result.ts'
import { parseStruct } from './bytes.ts'
import { protocolVersion } from '../version.ts'
import { readWireError, wireErrorBytes } from './wire-error.ts'

/** What a call carries: its body, and the caller's signature over those exact bytes where one is asked for. */
export interface WireCall {
  readonly body: Uint8Array
  readonly signature: Uint8Array
}

interface Versioned {
  readonly version: number
  readonly rest: Uint8Array
}

/** Version first, everything else behind it, so that every version can read which version it meets. */
const versionedEncoding: Encoder<Versioned> = {
  preencode(state, value) {
    uint.preencode(state, value.version)
    state.end += value.rest.byteLength
  },
  encode(state, value) {
    uint.encode(state, value.version)
    state.buffer?.set(value.rest, state.start)
    state.start += value.rest.byteLength
  },
  decode(state) {
    const version = uint.decode(state)
    const rest = state.buffer?.subarray(state.start, state.end) ?? new Uint8Array(0)
    state.start = state.end
    return { version, rest }
  },
}

const callEncoding: Encoder<WireCall> = {
  preencode(state, call) {
    buffer.preencode(state, call.body)
    buffer.preencode(state, call.signature)
  },
  encode(state, call) {
    buffer.encode(state, call.body)
    buffer.encode(state, call.signature)
  },
  decode(state) {
    return { body: readBuffer(state), signature: readBuffer(state) }
  },
}

interface WireReply {
  readonly isOk: boolean
  readonly body: Uint8Array
}
const replyEncoding: Encoder<WireReply> = {
  preencode(state, reply) {
    uint8.preencode(state, reply.isOk ? 1 : 0)
    buffer.preencode(state, reply.body)
  },
  encode(state, reply) {
    uint8.encode(state, reply.isOk ? 1 : 0)
    buffer.encode(state, reply.body)
  },
  decode(state) {
    return { isOk: uint8.decode(state) === 1, body: readBuffer(state) }
  },
}

/** Empty bytes are read as null. */
function readBuffer(state: Parameters<typeof optionalBuffer.decode>[0]): Uint8Array {
  return optionalBuffer.decode(state) ?? new Uint8Array(0)
}

export function encodeCall(call: WireCall, version = protocolVersion): Uint8Array {
  return encode(versionedEncoding, { version, rest: encode(callEncoding, call) })
}

export function decodeCall(bytes: Uint8Array): Result<WireCall> {
  return ofOurVersion(bytes, callEncoding)
}

export function encodeReply(result: Result<Uint8Array>): Uint8Array {
  const reply: WireReply = result.ok
    ? { isOk: true, body: result.value }
    : { isOk: false, body: wireErrorBytes(result.error) }
  return encode(versionedEncoding, { version: protocolVersion, rest: encode(replyEncoding, reply) })
}

/** The body of a reply, or the coded failure it carries. */
export function decodeReply(bytes: Uint8Array): Result<Uint8Array> {
  const reply = ofOurVersion(bytes, replyEncoding)
  if (!reply.ok) return reply
  return reply.value.isOk ? ok(reply.value.body) : { ok: false, error: readWireError(reply.value.body) }
}

function ofOurVersion<T>(bytes: Uint8Array, encoding: Encoder<T>): Result<T> {
  const versioned = parseStruct(versionedEncoding, bytes)
  if (!versioned.ok) return versioned
  if (versioned.value.version !== protocolVersion) return fail('version_mismatch')
  return parseStruct(encoding, versioned.value.rest)
}
