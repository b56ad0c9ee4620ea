import { uint } from 'compact-encoding'
import type { FrameState } from './mux-frame.ts'

/** The types of Hypercore's messages, in the order in which it adds them to its channel (11.39.5, lib/replicator.js). */
export const replicationTypes = {
  sync: 0,
  request: 1,
  cancel: 2,
  data: 3,
  noData: 4,
  want: 5,
  unwant: 6,
  bitfield: 7,
  range: 8,
  extension: 9,
} as const

/** The reach of numbers in replication messages. */
export interface CoreBounds {
  /** Blocks the core may have at most. */
  readonly maxLength: number
  /** Blocks it has here. */
  readonly length: number
}

/** Nodes of a proof: a core of 2^24 blocks needs two dozen. */
const maxProofNodes = 128
/** A record may have 1 MiB; Hyperbee and the encryption add a little. */
const maxBlockBytes = 2 * 1024 * 1024
const maxManifestBytes = 4 * 1024
const maxSignatureBytes = 1024
/** Bytes below a node of the tree. */
const maxNodeBytes = 2 ** 48
const maxPriority = 255
/** The depth that a request may ask a proof for. */
const maxProofDepth = 64

// Each reader below says what a message means for the limits, or null where it is beyond them. It walks what it does
// not need without keeping it, and throws where the message is cut short.

export interface Sync {
  readonly length: number
}

/** A core of Kith is never truncated, so its fork is 0; blocks are not pushed either. */
export function readSync(state: FrameState, { maxLength }: CoreBounds): Sync | null {
  const flags = uint.decode(state)
  const fork = uint.decode(state)
  const length = uint.decode(state)
  const remoteLength = uint.decode(state)
  return flags < 16 && fork === 0 && length <= maxLength && remoteLength <= maxLength ? { length } : null
}

export interface Range {
  readonly isDrop: boolean
  readonly start: number
  readonly end: number
}

export function readRange(state: FrameState, { maxLength }: CoreBounds): Range | null {
  const flags = uint.decode(state)
  const start = uint.decode(state)
  const end = start + ((flags & 2) === 0 ? uint.decode(state) : 1)
  return end <= maxLength ? { isDrop: (flags & 1) !== 0, start, end } : null
}

/** Wants and unwants: they come in whole segments, so that the last one may reach beyond the core. */
export function readWant(state: FrameState, { maxLength }: CoreBounds): { readonly start: number } | null {
  const start = uint.decode(state)
  const length = uint.decode(state)
  return start < maxLength && length <= segmentBlocks ? { start } : null
}

/** Blocks that one bit field, and so one want, can cover. */
export const segmentBlocks = 2 ** 21

export function readBitfield(state: FrameState, { maxLength }: CoreBounds): { start: number; end: number } | null {
  const start = uint.decode(state)
  const words = uint.decode(state)
  const end = start + words * 32
  if (start % segmentBlocks !== 0 || words === 0 || words * 32 > segmentBlocks) return null
  return end < maxLength + 32 ? { start, end } : null
}

/** Whether a request asks only for what the core has here, as an honest peer does: it has heard of no more. */
export function isRequestWithin(state: FrameState, bounds: CoreBounds): boolean {
  const { length } = bounds
  const flags = uint.decode(state)
  uint.decode(state)
  const fork = uint.decode(state)
  if (fork !== 0 || flags >= 64) return false
  if ((flags & 1) !== 0 && !isNodeWithin(state, length)) return false
  if ((flags & 2) !== 0 && !isNodeWithin(state, 2 * length)) return false
  if ((flags & 4) !== 0 && (uint.decode(state) > maxNodeBytes || uint.decode(state) > maxBlockBytes)) return false
  if ((flags & 8) !== 0 && uint.decode(state) + uint.decode(state) > length) return false
  return (flags & 32) === 0 || uint.decode(state) <= maxPriority
}

function isNodeWithin(state: FrameState, limit: number): boolean {
  return uint.decode(state) < limit && uint.decode(state) <= maxProofDepth
}

export interface Data {
  /** The request it answers; 0 for what was not asked for: the proof that a core has two histories. */
  readonly request: number
}

export function readData(state: FrameState, bounds: CoreBounds): Data | null {
  const { maxLength } = bounds
  const flags = uint.decode(state)
  const request = uint.decode(state)
  const fork = uint.decode(state)
  if (fork !== 0 || flags >= 32) return null
  if ((flags & 1) !== 0) {
    if (uint.decode(state) >= maxLength || !skipBytes(state, maxBlockBytes)) return null
    if (!skipNodes(state, maxLength)) return null
  }
  if ((flags & 2) !== 0 && (uint.decode(state) >= 2 * maxLength || !skipNodes(state, maxLength))) return null
  if ((flags & 4) !== 0 && (uint.decode(state) > maxNodeBytes || !skipNodes(state, maxLength))) return null
  if ((flags & 8) !== 0) {
    const start = uint.decode(state)
    if (start + uint.decode(state) > maxLength) return null
    if (request === 0 && start !== 0) return null
    if (!skipNodes(state, maxLength) || !skipNodes(state, maxLength)) return null
    if (!skipBytes(state, maxSignatureBytes)) return null
  } else if (request === 0) return null
  return (flags & 16) === 0 || state.end - state.start <= maxManifestBytes ? { request } : null
}

function skipBytes(state: FrameState, limit: number): boolean {
  const length = uint.decode(state)
  if (length > limit) return false
  return skip(state, length)
}

function skipNodes(state: FrameState, maxLength: number): boolean {
  const count = uint.decode(state)
  if (count > maxProofNodes) return false
  for (let index = 0; index < count; index++) {
    if (uint.decode(state) >= 2 * maxLength || uint.decode(state) > maxNodeBytes || !skip(state, 32)) return false
  }
  return true
}

function skip(state: FrameState, bytes: number): boolean {
  state.start += bytes
  return state.start <= state.end
}
