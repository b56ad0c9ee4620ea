import c from 'compact-encoding'
import type { SwarmConnection } from 'hyperswarm'
import type { Hypercore } from 'hypercore'
import Protomux, { type Mux, type Channel, type Message } from 'protomux'
import type { CutOffCode } from '../contract/errors.ts'
import { tagOf, type DeviceId } from '../contract/ids.ts'
import { withDeadline } from '../base/deadline.ts'
import { codeOf } from '../base/files.ts'
import type { Log } from '../base/log.ts'
import { FrameFilter } from '../protocol/filter/frame-filter.ts'
import { ReplicationJudge } from '../protocol/filter/replication-judge.ts'
import { Outflow } from '../protocol/outflow.ts'
import { PoolBeat } from './pool-beat.ts'
import { decodePoolMessage, encodePoolMessage, maxPoolMessageBytes, type PoolMessage } from './pool-messages.ts'

const protocol = 'kith/pool/1'
/** Invalid messages a peer may send before the connection is closed. */
const maxStrikes = 8
/** Messages that may be under way here: read, and not handled yet. */
const maxUnhandled = 512
const maxUnhandledBytes = 8 * 1024 * 1024
/** Errors of Hypercore that only a message of the other side can have caused. */
const hostileErrors: ReadonlySet<string> = new Set([
  'INVALID_CAPABILITY',
  'INVALID_CHECKSUM',
  'INVALID_PROOF',
  'INVALID_SIGNATURE',
])
/** What a stranger may send until it is let in; what it has to say is far less. */
const strangerBytes = 1024 * 1024
/** How long messages may take to be flushed before closing. */
const partingMs = 300

export interface PoolConnectionListeners {
  /** What is returned is waited for: a peer may not have many messages that are not handled. */
  onMessage(message: PoolMessage): Promise<void> | void
  onClose(): void
  /** With every beat, for what has to be looked at over several connections. */
  onCheck?(): void
  /** `isQuiet` has changed. */
  onQuiet?(): void
}

/**
 * One pool connection to one device, whose key the Noise handshake has proved.
 *
 * Carries our messages, and replication of attached cores only. The caller judges the device before it attaches
 * a core.
 */
export class PoolConnection {
  readonly deviceId: DeviceId
  readonly outflow: Outflow
  readonly #mux: Mux
  readonly #channel: Channel | null
  readonly #message: Message<Uint8Array> | null
  readonly #attached = new Set<Hypercore>()
  readonly #filter: FrameFilter
  readonly #judge: ReplicationJudge
  readonly #beat: PoolBeat
  #strikes = 0
  #strangerBytes = 0
  #unhandled = 0
  #unhandledBytes = 0
  #listeners: PoolConnectionListeners = { onMessage: () => undefined, onClose: () => undefined }
  #onAdmitted: () => void = () => undefined
  #isAdmitted = false
  #isClosed = false
  #isParting = false

  constructor(
    private readonly connection: SwarmConnection,
    private readonly log: Log,
    /** Called when the connection is ended for what the other side has sent; before it closes. */
    private readonly onCutOff: (code: CutOffCode) => void = () => undefined,
  ) {
    this.deviceId = Buffer.from(connection.remotePublicKey).toString('hex') as DeviceId
    this.outflow = new Outflow(connection)
    this.#mux = Protomux.from(connection)
    this.#judge = new ReplicationJudge({
      stream: connection,
      ownProtocol: protocol,
      isAdmitted: () => this.#isAdmitted,
    })
    this.#beat = new PoolBeat({
      sendBeat: () => this.send({ type: 'beat' }),
      onTick: () => {
        this.#listeners.onCheck?.()
        if (this.outflow.isUnread()) this.cutOff('replies_unread')
      },
      isHolding: () => this.#filter.isHolding,
      onQuiet: () => this.#listeners.onQuiet?.(),
      onSilence: () => this.close(),
    })
    // Strangers get this far: without the filter one frame could end the process, or keep it busy for good.
    this.#filter = new FrameFilter(connection, {
      judge: this.#judge,
      isBusy: () => this.#judge.isBusy,
      onData: () => this.#beat.heard(),
      onHostile: () => this.cutOff('hostile_messages'),
    })
    this.#channel = this.#mux.createChannel({ protocol, onclose: () => this.close() })
    this.#message =
      this.#channel?.addMessage({ encoding: c.buffer, onmessage: (bytes) => this.#receive(bytes) }) ?? null
    this.#channel?.open()
    connection.on('error', (cause: Error) => this.#failed(cause))
    connection.once('close', () => this.close())
    connection.rawStream?.on?.('data', this.#countStranger)
  }

  /** Equal on both ends and unknown to everyone else; claims are blinded with it. */
  get handshakeHash(): Uint8Array {
    return this.connection.handshakeHash
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether nothing was heard from the other side for so long that it counts as away. */
  get isQuiet(): boolean {
    return this.#beat.isQuiet
  }

  /** Whether this device has been let into one of our pools. Until then it is a stranger. */
  get isAdmitted(): boolean {
    return this.#isAdmitted
  }

  listen(listeners: PoolConnectionListeners): void {
    this.#listeners = listeners
  }

  /** Called once, when the device is let into a pool. */
  whenAdmitted(listener: () => void): void {
    this.#onAdmitted = listener
  }

  /** From now on this is no stranger. Call it before the other side can hear that it was let in. */
  admit(): void {
    if (this.#isAdmitted) return
    this.#isAdmitted = true
    this.connection.rawStream?.off?.('data', this.#countStranger)
    this.#onAdmitted()
  }

  send(message: PoolMessage): void {
    if (this.#isClosed) return
    // One that does not read needs no sign of life: what waits for it is one.
    if (message.type === 'beat' && this.outflow.isFull) return
    const bytes = encodePoolMessage(message)
    if (bytes.byteLength > maxPoolMessageBytes) {
      this.log.error({ type: message.type, bytes: bytes.byteLength }, 'pool message too large to send')
      return
    }
    this.#message?.send(bytes)
    if (this.outflow.isUnread()) this.cutOff('replies_unread')
  }

  /** Starts replicating one core with this device, up to a length; safe to repeat. */
  attach(core: Hypercore, maxLength: number): void {
    // Cores of Kith have no forks; whoever has made one is refused wherever it offers the core.
    if (this.#isClosed || this.#attached.has(core) || core.fork !== 0) return
    this.#attached.add(core)
    this.#judge.attach(core, maxLength)
    core.replicate(this.#mux)
  }

  /** Ends the connection for what the other side has sent, and says so to whoever keeps count. */
  cutOff(code: CutOffCode): void {
    if (this.#isClosed) return
    this.log.warn({ peer: tagOf(this.deviceId), device: this.deviceId, code }, 'pool connection cut off')
    this.onCutOff(code)
    this.close()
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
    this.#beat.stop()
    this.connection.destroy()
    this.#listeners.onClose()
  }

  // Nothing may throw past here: a TypeError that escapes into Protomux ends the process.
  #receive(bytes: Uint8Array): void {
    try {
      const message = decodePoolMessage(bytes)
      if (!message) this.#strike()
      else if (message.type !== 'beat') this.#handle(message, bytes.byteLength)
    } catch (cause) {
      this.log.error({ cause, device: this.deviceId }, 'pool message handler failed')
      this.#strike()
    }
  }

  #handle(message: PoolMessage, bytes: number): void {
    if (this.#unhandled >= maxUnhandled || this.#unhandledBytes > maxUnhandledBytes) this.cutOff('messages_unread')
    if (this.#isClosed) return
    this.#unhandled += 1
    this.#unhandledBytes += bytes
    const handled = (): void => {
      this.#unhandled -= 1
      this.#unhandledBytes -= bytes
    }
    void Promise.resolve(this.#listeners.onMessage(message)).then(handled, handled)
  }

  /** Counted below the frames, because a frame is kept until it is whole, and may have 16 MiB. */
  readonly #countStranger = (bytes: Uint8Array): void => {
    this.#strangerBytes += bytes.byteLength
    if (this.#strangerBytes > strangerBytes) this.cutOff('messages_unread')
  }

  /** Hypercore ends a connection by itself over a few messages that only it can judge. */
  #failed(cause: Error): void {
    if (hostileErrors.has(codeOf(cause) ?? '')) this.cutOff('hostile_messages')
  }

  #strike(): void {
    this.#strikes += 1
    if (this.#strikes >= maxStrikes) this.close()
  }
}
