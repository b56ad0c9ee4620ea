import c from 'compact-encoding'
import type { SwarmConnection } from 'hyperswarm'
import type { Hypercore } from 'hypercore'
import Protomux, { type Mux, type Channel, type Message } from 'protomux'
import { tagOf, type DeviceId } from '../contract/ids.ts'
import { withDeadline } from '../base/deadline.ts'
import type { Log } from '../base/log.ts'
import { filterFrames } from '../protocol/service/frame-filter.ts'
import { decodePoolMessage, encodePoolMessage, maxPoolMessageBytes, type PoolMessage } from './pool-messages.ts'

const protocol = 'kith/pool/1'
/** Invalid messages a peer may send before the connection is closed. */
const maxStrikes = 8
const beatIntervalMs = 2_000
/** Silence after which the other side counts as gone; the transport alone takes about 17 s. */
const silenceMs = 8_000
/** How long messages may take to be flushed before closing. */
const partingMs = 300

/**
 * One pool connection to one device, whose key the Noise handshake has proved.
 *
 * Carries our messages, and replication of attached cores only. The caller judges the device before it attaches
 * a core.
 */
export class PoolConnection {
  readonly deviceId: DeviceId
  readonly #mux: Mux
  readonly #channel: Channel | null
  readonly #message: Message<Uint8Array> | null
  readonly #attached = new Set<Hypercore>()
  readonly #beat: NodeJS.Timeout
  #strikes = 0
  #lastHeardMs = performance.now()
  #lastCheckMs = performance.now()
  #onMessage: (message: PoolMessage) => void = () => undefined
  #onClose: () => void = () => undefined
  #isClosed = false
  #isParting = false

  constructor(
    private readonly connection: SwarmConnection,
    private readonly log: Log,
  ) {
    this.deviceId = Buffer.from(connection.remotePublicKey).toString('hex') as DeviceId
    this.#mux = Protomux.from(connection)
    // Strangers get this far: without the filter one malformed frame could end the process.
    filterFrames(
      connection,
      () => undefined,
      () => log.warn({ peer: tagOf(this.deviceId) }, 'hostile frame on a pool connection'),
    )
    this.#channel = this.#mux.createChannel({ protocol, onclose: () => this.close() })
    this.#message =
      this.#channel?.addMessage({ encoding: c.buffer, onmessage: (bytes) => this.#receive(bytes) }) ?? null
    this.#channel?.open()
    connection.once('close', () => this.close())
    this.#beat = setInterval(() => this.#checkSilence(), beatIntervalMs)
  }

  /** Equal on both ends and unknown to everyone else; claims are blinded with it. */
  get handshakeHash(): Uint8Array {
    return this.connection.handshakeHash
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  listen(listeners: { onMessage: (message: PoolMessage) => void; onClose: () => void }): void {
    this.#onMessage = listeners.onMessage
    this.#onClose = listeners.onClose
  }

  send(message: PoolMessage): void {
    const bytes = encodePoolMessage(message)
    if (bytes.byteLength > maxPoolMessageBytes) {
      this.log.error({ type: message.type, bytes: bytes.byteLength }, 'pool message too large to send')
      return
    }
    if (!this.#isClosed) this.#message?.send(bytes)
  }

  /** Starts replicating one core with this device; safe to repeat. */
  attach(core: Hypercore): void {
    if (this.#isClosed || this.#attached.has(core)) return
    this.#attached.add(core)
    core.replicate(this.#mux)
  }

  /** Flushes what was sent, then closes; waits at most `partingMs`. */
  part(): void {
    if (this.#isParting) return
    this.#isParting = true
    const gone = (cause: unknown): void => this.log.debug({ cause }, 'pool connection ended before its last words')
    withDeadline(this.connection.flush(), partingMs)
      .catch(gone)
      .finally(() => this.close())
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#beat)
    this.connection.destroy()
    this.#onClose()
  }

  // Nothing may throw past here: a TypeError that escapes into Protomux ends the process.
  #receive(bytes: Uint8Array): void {
    this.#lastHeardMs = performance.now()
    try {
      const message = decodePoolMessage(bytes)
      if (message) this.#onMessage(message)
      else this.#strike()
    } catch (cause) {
      this.log.error({ cause, device: this.deviceId }, 'pool message handler failed')
      this.#strike()
    }
  }

  #strike(): void {
    this.#strikes += 1
    if (this.#strikes >= maxStrikes) this.close()
  }

  #checkSilence(): void {
    const nowMs = performance.now()
    // When our own timer was late (sleep, a busy CPU), the silence is not the peer's fault.
    if (nowMs - this.#lastCheckMs > 2 * beatIntervalMs) this.#lastHeardMs = nowMs
    this.#lastCheckMs = nowMs
    if (nowMs - this.#lastHeardMs > silenceMs) this.close()
    else this.send({ type: 'beat' })
  }
}
