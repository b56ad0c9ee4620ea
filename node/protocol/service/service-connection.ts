import type { SecretStream } from 'hyperdht'
import type { Channel, Message, Mux } from 'protomux'
import type { DeviceId } from '../../contract/ids.ts'
import type { Log } from '../../base/log.ts'
import { toHex } from '../../crypto/encoding.ts'
import { ChannelJudge } from '../filter/channel-judge.ts'
import { FrameFilter } from '../filter/frame-filter.ts'
import { Outflow } from '../outflow.ts'
import { frameEncoding } from '../messages/frames.ts'
import { kithError, type CutOffCode } from '../../contract/errors.ts'
import { Guard } from './guard.ts'
import { Heartbeat, type HeartbeatTimes } from './heartbeat.ts'
import { beatProtocol } from '../version.ts'
import { wireLimits } from '../wire-limits.ts'

const beatFrame = new Uint8Array(0)

interface ServiceConnectionOptions {
  readonly stream: SecretStream
  readonly mux: Mux
  /** The device at the other end. */
  readonly peer: DeviceId
  readonly heartbeat: HeartbeatTimes
  readonly log: Log
  /** Called when the connection is ended for what the other side has sent. */
  readonly onCutOff?: (code: CutOffCode) => void
}

/**
 * One service connection, as both ends treat it: guard, frame filter and heartbeat on one multiplexer.
 *
 * Made synchronously with the connection: a late channel makes the other side see a closed one.
 */
export class ServiceConnection {
  readonly mux: Mux
  readonly peer: DeviceId
  readonly guard: Guard
  readonly heartbeat: Heartbeat
  readonly outflow: Outflow
  readonly #stream: SecretStream
  readonly #beatChannel: Channel<Uint8Array> | null
  readonly #beat: Message<Uint8Array> | undefined

  constructor(private readonly options: ServiceConnectionOptions) {
    this.#stream = options.stream
    this.outflow = new Outflow(options.stream)
    this.mux = options.mux
    this.peer = options.peer
    this.guard = new Guard(toShort(options.peer), options.log, () => this.destroy('too many unreadable messages'))
    this.heartbeat = new Heartbeat(
      {
        sendBeat: () => this.#sendBeat(),
        roundTripMs: () => this.#stream.rawStream?.rtt ?? 0,
        packetsReceived: () => this.#stream.rawStream?.packetsReceived,
        onSilence: () => this.destroy('silence'),
      },
      options.heartbeat,
    )
    new FrameFilter(this.#stream, {
      judge: new ChannelJudge(),
      onData: () => {
        this.heartbeat.heard()
        this.checkUnread()
      },
      onHostile: () => this.cutOff('hostile_messages'),
    })
    this.#stream.once('close', () => this.heartbeat.stop())
    // Both ends open the beat channel at once; nobody waits for the other.
    this.#beatChannel = this.mux.createChannel({ protocol: beatProtocol, handshake: frameEncoding })
    this.#beat = this.#beatChannel?.addMessage({
      encoding: frameEncoding,
      onmessage: (frame) => {
        if (frame.byteLength > wireLimits.frameBytes) this.guard.strike('beat', kithError('protocol_error'))
      },
    })
    this.#beatChannel?.open(beatFrame)
  }

  get isClosed(): boolean {
    return this.#stream.destroying
  }

  /** Resolves when the connection stands; false when it cannot. */
  get opened(): Promise<boolean> {
    return this.#stream.opened
  }

  onClose(listener: () => void): void {
    this.#stream.once('close', () => this.guard.run('close', listener))
  }

  /** Resolves when what was sent has left this process, or cannot any more. */
  async flushed(): Promise<void> {
    await this.#stream.flush()
  }

  /** Ends the connection when its other end has left too much unread, for too long. */
  checkUnread(): void {
    if (this.outflow.isUnread()) this.cutOff('replies_unread')
  }

  /** Ends the connection for what the other side has sent, and says so to whoever keeps count. */
  cutOff(code: CutOffCode): void {
    if (this.isClosed) return
    this.options.log.warn({ device: this.peer, code }, 'service connection cut off')
    this.guard.run('cutting off', () => this.options.onCutOff?.(code))
    this.destroy(code)
  }

  /** To one that does not read no sign of life is sent: what waits for it is one. */
  #sendBeat(): void {
    this.checkUnread()
    if (!this.outflow.isFull) this.#beat?.send(beatFrame)
  }

  destroy(reason: string): void {
    this.heartbeat.stop()
    this.#stream.destroy(new Error(reason))
  }
}

export function deviceIdOf(publicKey: Uint8Array): DeviceId {
  return toHex(publicKey) as DeviceId
}

function toShort(deviceId: DeviceId): string {
  return deviceId.slice(0, 8)
}
