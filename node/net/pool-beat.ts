/** Both sides of a pool connection beat this often; docs/protocol.md states the times. */
const beatMs = 600
/** Silence after which the other side is shown as away: others must see within 3 s that a computer is gone. */
const quietMs = 1_900
/** Silence after which the connection is ended; the transport alone takes about 17 s. */
const silenceMs = 8_000

interface Beating {
  sendBeat(): void
  /** With every beat. */
  onTick(): void
  /** Whether frames are held back here, so that silence says nothing of the other side. */
  isHolding(): boolean
  /** Nothing was heard for a while, or something was heard again. */
  onQuiet(): void
  onSilence(): void
}

/**
 * The beat of one pool connection, and what its silence means.
 *
 * First the other side counts as away, at once and without consequences: a computer that only stood still is there
 * again with its next word. Only much later is the connection given up, since letting in anew is work for both.
 */
export class PoolBeat {
  readonly #timer: NodeJS.Timeout
  #lastHeardMs = performance.now()
  #lastTickMs = performance.now()
  #isQuiet = false

  constructor(private readonly connection: Beating) {
    this.#timer = setInterval(() => this.#tick(), beatMs)
  }

  get isQuiet(): boolean {
    return this.#isQuiet
  }

  /** Something arrived. */
  heard(): void {
    this.#lastHeardMs = performance.now()
    this.#setQuiet(false)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    const nowMs = performance.now()
    // Time in which our own process stood still (sleep, a busy processor) is no silence of the other side.
    const lateMs = Math.max(0, nowMs - this.#lastTickMs - beatMs)
    this.#lastTickMs = nowMs
    this.#lastHeardMs = this.connection.isHolding() ? nowMs : Math.min(nowMs, this.#lastHeardMs + lateMs)
    const silentMs = nowMs - this.#lastHeardMs
    this.connection.onTick()
    if (silentMs > silenceMs) return this.connection.onSilence()
    this.#setQuiet(silentMs >= quietMs)
    this.connection.sendBeat()
  }

  #setQuiet(isQuiet: boolean): void {
    if (this.#isQuiet === isQuiet) return
    this.#isQuiet = isQuiet
    this.connection.onQuiet()
  }
}
