/** Times of the heartbeat; docs/protocol.md states them. */
export interface HeartbeatTimes {
  readonly beatMs: number
  /** Silence after which the other side counts as gone. */
  readonly silenceMs: number
}

export const defaultHeartbeatTimes: HeartbeatTimes = { beatMs: 500, silenceMs: 2_000 }

/** On slow paths silence is allowed to last this many round trips. */
const silentRoundTrips = 8
/** A beat this late means that our own process stood still: sleep, or a blocked event loop. */
const ownStallMs = 1_000

/** What the heartbeat needs of a connection. */
interface Transport {
  sendBeat(): void
  roundTripMs(): number
  /** Counts packets of any kind, acknowledgements too; undefined where the transport has no counter. */
  packetsReceived(): number | undefined
  onSilence(): void
}

/**
 * Beats while there is work on a connection, and notices within about 2.5 s that the other side has died.
 *
 * The transport alone takes about 17 s. Whatever arrives counts as life, so a long upload is not silence.
 */
export class Heartbeat {
  #work = 0
  #timer: NodeJS.Timeout | undefined
  #lastHeardMs = 0
  #lastTickMs = 0
  #packets: number | undefined

  constructor(
    private readonly transport: Transport,
    private readonly times: HeartbeatTimes,
  ) {}

  /** Something arrived. */
  heard(): void {
    this.#lastHeardMs = performance.now()
  }

  /** One more generation runs on this connection. Returns the function that ends it. */
  begin(): () => void {
    this.#work += 1
    if (this.#work === 1) this.#start()
    let isEnded = false
    return () => {
      if (isEnded) return
      isEnded = true
      this.#work -= 1
      if (this.#work === 0) this.stop()
    }
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #start(): void {
    this.#restartWindow()
    this.transport.sendBeat()
    this.#timer = setInterval(() => this.#tick(), this.times.beatMs)
  }

  #tick(): void {
    const nowMs = performance.now()
    const stalledMs = nowMs - this.#lastTickMs - this.times.beatMs
    this.#lastTickMs = nowMs
    if (stalledMs > ownStallMs) this.#restartWindow()
    const packets = this.transport.packetsReceived()
    if (packets !== this.#packets) {
      this.#packets = packets
      this.heard()
    }
    const allowedMs = Math.max(this.times.silenceMs, silentRoundTrips * this.transport.roundTripMs())
    if (nowMs - this.#lastHeardMs >= allowedMs) {
      this.stop()
      this.transport.onSilence()
      return
    }
    this.transport.sendBeat()
  }

  #restartWindow(): void {
    this.#lastHeardMs = this.#lastTickMs = performance.now()
    this.#packets = this.transport.packetsReceived()
  }
}
