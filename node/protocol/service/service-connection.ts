import type { SecretStream } from 'hyperdht'
import type { Channel, Message, Mux } from 'protomux'
import type { DeviceId } from '../../contract/ids.ts'
import type { Log } from '../../base/log.ts'
import { toHex } from '../../crypto/encoding.ts'
import { filterFrames } from './frame-filter.ts'
import { frameEncoding } from '../messages/frames.ts'
import { kithError } from '../../contract/errors.ts'
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
  readonly #stream: SecretStream
  readonly #beatChannel: Channel<Uint8Array> | null
  readonly #beat: Message<Uint8Array> | undefined

  constructor(options: ServiceConnectionOptions) {
    this.#stream = options.stream
    this.mux = options.mux
    this.peer = options.peer
    this.guard = new Guard(toShort(options.peer), options.log, () => this.destroy('too many unreadable messages'))
    this.heartbeat = new Heartbeat(
      {
        sendBeat: () => this.#beat?.send(beatFrame),
        roundTripMs: () => this.#stream.rawStream?.rtt ?? 0,
        packetsReceived: () => this.#stream.rawStream?.packetsReceived,
        onSilence: () => this.destroy('silence'),
      },
      options.heartbeat,
    )
    filterFrames(
      this.#stream,
      () => this.heartbeat.heard(),
      () => this.guard.strike('frame', kithError('protocol_error')),
    )
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
