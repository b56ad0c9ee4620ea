import type { Hypercore } from 'hypercore'
import { toHex } from '../../crypto/encoding.ts'
import { hostile, type FrameJudge, type FrameState } from './mux-frame.ts'
import { ReplicationChannel } from './replication-channel.ts'
import { replicationTypes } from './replication-messages.ts'

/** The names under which Hypercore opens its channels. */
const replicationNames: ReadonlySet<string> = new Set(['hypercore/alpha', 'hypercore'])
/** Channels of unknown names that a peer may try to open: a later Kith may have more than this one. */
const maxUnknownOpens = 64
/** Requests of one connection that may be unanswered, of all cores together. */
const maxUnanswered = 65_536
/** Requests that are answered at a time: each may load a block. */
const maxHandling = 64
/** Pages of bit fields that a connection may fill, of all cores together: 4 KiB each, twice. */
const maxPages = 2_048

/** What handling a message was measured to cost, in microseconds. */
const cost = { openKnown: 200, openUnknown: 30, message: 20, messageByte: 0.02 } as const

/** A channel that is open, as far as the other side knows: what comes on it is judged by what it carries. */
type Session = ReplicationChannel | 'own' | 'refused'

interface Attached {
  readonly core: Hypercore
  readonly maxLength: number
}

export interface ReplicationJudgeOptions {
  readonly stream: object
  /** The one channel that is not for replication. */
  readonly ownProtocol: string
  /** Whether this device has been let into a pool of ours; before that it may open no channel for a core. */
  readonly isAdmitted: () => boolean
}

/**
 * Follows the replication channels of a connection, and judges every message on them.
 *
 * Numbers of channels are the other side's: a message names the number under which that side opened its channel. One
 * that we closed or refused stays known until it is opened anew, because messages for it may still be on their way.
 */
export class ReplicationJudge implements FrameJudge {
  readonly #attached = new Map<string, Attached>()
  readonly #sessions = new Map<number, Session>()
  /** Channels on which requests may be unanswered. */
  readonly #asking = new Set<ReplicationChannel>()
  /** Channels that fill pages of bit fields, and how many. */
  readonly #pages = new Map<ReplicationChannel, number>()
  #pagesFilled = 0
  #unknownOpens = 0

  constructor(private readonly options: ReplicationJudgeOptions) {}

  /**
   * From now on the other side may replicate this core, up to a length: the greatest where it is attached as several kinds,
   * because a device that names another's core wrongly must not shorten it for others.
   */
  attach(core: Hypercore, maxLength: number): void {
    const id = toHex(core.discoveryKey)
    this.#attached.set(id, { core, maxLength: Math.max(maxLength, this.#attached.get(id)?.maxLength ?? 0) })
  }

  /** Whether so many requests are being answered that more have to wait. */
  get isBusy(): boolean {
    let handling = 0
    for (const channel of this.#asking) {
      handling += channel.handling
      if (channel.unanswered === 0) this.#asking.delete(channel)
    }
    return handling >= maxHandling
  }

  open(session: number, protocol: string, id: Uint8Array | null): number {
    this.close(session)
    if (!replicationNames.has(protocol)) {
      this.#sessions.set(session, 'own')
      if (protocol === this.options.ownProtocol) return cost.openKnown
      return ++this.#unknownOpens > maxUnknownOpens ? hostile : cost.openUnknown
    }
    if (!this.options.isAdmitted() || id?.byteLength !== 32) return hostile
    const attached = this.#attached.get(toHex(id))
    if (!attached) {
      // A core that this side has not opened yet: it is refused, and offered from here later.
      this.#sessions.set(session, 'refused')
      return cost.openUnknown
    }
    const { core, maxLength } = attached
    this.#sessions.set(session, new ReplicationChannel(core, maxLength, this.options.stream))
    return cost.openKnown
  }

  close(session: number): void {
    const channel = this.#sessions.get(session)
    this.#sessions.delete(session)
    if (!(channel instanceof ReplicationChannel)) return
    this.#asking.delete(channel)
    this.#pagesFilled -= this.#pages.get(channel) ?? 0
    this.#pages.delete(channel)
  }

  message(session: number, type: number, state: FrameState): number {
    const channel = this.#sessions.get(session)
    if (channel === undefined || channel === 'refused') return hostile
    if (channel === 'own') return cost.message + (state.end - state.start) * cost.messageByte
    const verdict = channel.judge(type, state)
    return verdict === hostile || !this.#isWithin(channel, type) ? hostile : verdict
  }

  /** Whether the connection is within what all its channels may have together. */
  #isWithin(channel: ReplicationChannel, type: number): boolean {
    if (type === replicationTypes.request) {
      this.#asking.add(channel)
      let unanswered = 0
      for (const asking of this.#asking) unanswered += asking.unanswered
      return unanswered <= maxUnanswered
    }
    const { pages } = channel
    if (pages === 0) return true
    this.#pagesFilled += pages - (this.#pages.get(channel) ?? 0)
    this.#pages.set(channel, pages)
    return this.#pagesFilled <= maxPages
  }
}
