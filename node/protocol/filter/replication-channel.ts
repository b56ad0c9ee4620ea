import type { Hypercore, HypercorePeer } from 'hypercore'
import { hostile, type FrameState } from './mux-frame.ts'
import {
  isRequestWithin,
  readBitfield,
  readData,
  readRange,
  readSync,
  readWant,
  replicationTypes,
  segmentBlocks,
} from './replication-messages.ts'

/** Requests of one core that may be unanswered; Hypercore has 512 under way at most. */
const maxUnanswered = 1_024
/** Blocks that one message may say are there, unless it says so of all from the first one on. */
const maxRangeBlocks = 2 ** 20
/** Proofs of two histories that a peer may send for one core. */
const maxUnasked = 16
/** Wants beyond one for each segment of the core; Hypercore repeats few. */
const spareWants = 8
/** Blocks in one page of Hypercore's bit fields. */
export const pageBlocks = 32_768

/** What handling a message was measured to cost, in microseconds (docs/decisions/0187). */
const cost = {
  sync: 100,
  range: 15,
  rangeBlock: 0.01,
  bitfieldPage: 1_250,
  want: 20,
  cancel: 50,
  unasked: 1_000,
  noData: 20,
} as const

/** One core on one connection, and what the other side has said about it on one channel. */
export class ReplicationChannel {
  #peer: HypercorePeer | undefined
  #isSynced = false
  /** The end of what is said to be there from the first block on, which costs nothing to remember. */
  #contiguousEnd = 0
  /** The end of all else that was said, for which pages of bit fields are kept. */
  #sparseEnd = 0
  #bitfields = 0
  #wants = 0
  #unasked = 0

  constructor(
    private readonly core: Hypercore,
    private readonly maxLength: number,
    private readonly stream: object,
  ) {}

  /** At most so many pages are kept for this channel. */
  get pages(): number {
    return Math.ceil(this.#sparseEnd / pageBlocks)
  }

  /** Requests that have no answer yet. */
  get unanswered(): number {
    return this.#peer?.remoteRequests.size ?? 0
  }

  /** Those of them that are being answered; the others wait until earlier answers have left. */
  get handling(): number {
    return this.#peer ? Math.max(0, this.#peer.remoteRequests.size - this.#peer.receiverQueue.length) : 0
  }

  /** What the message may cost, or `hostile`. */
  judge(type: number, state: FrameState): number {
    // Closed here while the message was on its way; the multiplexer drops it.
    if (this.core.closed) return 0
    this.#peer ??= this.core.peers.find((peer) => peer.stream === this.stream)
    // Whoever opens a channel says first what it has.
    if (!this.#isSynced && type !== replicationTypes.sync) return hostile
    switch (type) {
      case replicationTypes.sync:
        return this.#sync(state)
      case replicationTypes.request:
        return this.#request(state)
      case replicationTypes.cancel:
        return cost.cancel
      case replicationTypes.data:
        return this.#data(state)
      case replicationTypes.noData:
        return cost.noData
      case replicationTypes.want:
        return this.#want(state)
      case replicationTypes.unwant:
        return readWant(state, this.#bounds) ? cost.want : hostile
      case replicationTypes.bitfield:
        return this.#bitfield(state)
      case replicationTypes.range:
        return this.#range(state)
      default:
        // Kith uses no extensions.
        return hostile
    }
  }

  get #bounds(): { readonly maxLength: number; readonly length: number } {
    return { maxLength: this.maxLength, length: this.core.length }
  }

  #sync(state: FrameState): number {
    if (!readSync(state, this.#bounds)) return hostile
    this.#isSynced = true
    return cost.sync
  }

  #request(state: FrameState): number {
    if (!isRequestWithin(state, this.#bounds) || this.unanswered >= maxUnanswered) return hostile
    return 0
  }

  #data(state: FrameState): number {
    const data = readData(state, this.#bounds)
    if (!data) return hostile
    if (data.request !== 0) return 0
    this.#unasked += 1
    return this.#unasked > maxUnasked ? hostile : cost.unasked
  }

  #want(state: FrameState): number {
    this.#wants += 1
    if (!readWant(state, this.#bounds)) return hostile
    return this.#wants > Math.ceil(this.maxLength / segmentBlocks) + spareWants ? hostile : cost.want
  }

  /** A bit field answers a want of ours, each one. */
  #bitfield(state: FrameState): number {
    const range = readBitfield(state, this.#bounds)
    if (!range) return hostile
    this.#bitfields += 1
    const peer = this.#peer
    if (peer && !peer.removed && this.#bitfields > peer.stats.wireWant.tx) return hostile
    this.#sparseEnd = Math.max(this.#sparseEnd, Math.min(range.end, this.maxLength))
    return Math.ceil((range.end - range.start) / pageBlocks) * cost.bitfieldPage
  }

  #range(state: FrameState): number {
    const range = readRange(state, this.#bounds)
    if (!range) return hostile
    const { isDrop, start, end } = range
    if (isDrop) return this.#drop(start, end)
    if (start === 0) {
      this.#contiguousEnd = Math.max(this.#contiguousEnd, end)
      return cost.range
    }
    if (end - start > maxRangeBlocks) return hostile
    this.#sparseEnd = Math.max(this.#sparseEnd, end)
    return cost.range + (end - start) * cost.rangeBlock
  }

  /** A drop in the middle makes Hypercore remember block by block what it had as one number. */
  #drop(start: number, end: number): number {
    let blocks = Math.min(end, this.#sparseEnd) - Math.min(start, this.#sparseEnd)
    if (start < this.#contiguousEnd) {
      if (end < this.#contiguousEnd) {
        blocks += this.#contiguousEnd - end
        this.#sparseEnd = Math.max(this.#sparseEnd, this.#contiguousEnd)
      }
      this.#contiguousEnd = start
    }
    return blocks > maxRangeBlocks ? hostile : cost.range + blocks * cost.rangeBlock
  }
}
