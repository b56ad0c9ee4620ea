import type { Channel } from 'protomux'
import { kithError } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { toHex } from '../../crypto/encoding.ts'
import type { GenerationHandler, GenerationStart } from '../handlers.ts'
import { decodeCallerFrame, frameEncoding } from '../messages/frames.ts'
import type { WhoIs } from '../../access/standing.ts'
import type { ReplayGuard } from '../service/replay-guard.ts'
import type { ServiceConnection } from '../service/service-connection.ts'
import { decodeSignedRequest } from '../messages/signed-request.ts'
import { methods, type GenerationName } from '../methods.ts'
import { TokenWriter } from './token-writer.ts'
import { tokenProtocol } from '../version.ts'
import { wireLimits } from '../wire-limits.ts'

/** Why the signal of a generation fired when nobody asked for that: the connection or its channel is gone. */
export const callerLost = Symbol('caller lost')

interface GenerationServerOptions {
  readonly connection: ServiceConnection
  readonly whoIs: WhoIs
  readonly replays: ReplayGuard
  /** How long an accepted call waits for its channel. */
  readonly channelDeadlineMs: number
}

/** The serving side of generations on one connection: calls first, then one token channel for each. */
export class GenerationServer {
  /** Accepted calls whose channel has not come yet, by request id. */
  readonly #accepted = new Map<string, { start: GenerationStart; bytes: number; timer: NodeJS.Timeout }>()
  readonly #running = new Set<AbortController>()
  readonly #generations = new Set<Promise<void>>()
  /** Of the requests that were accepted and have not ended. */
  #heldBytes = 0

  constructor(private readonly options: GenerationServerOptions) {
    const { connection } = options
    connection.mux.pair({ protocol: tokenProtocol }, (id) => connection.guard.run('pair', () => this.#pair(id)))
    connection.onClose(() => this.close())
  }

  /** Decides about a call. Runs without waiting, because its channel follows in the same frame. */
  receive(bytes: Uint8Array, method: GenerationName, handler: GenerationHandler): Result<Uint8Array> {
    const { connection, whoIs, replays } = this.options
    const caller = whoIs(connection.peer)
    if (!caller) return fail('not_admitted')
    const request = decodeSignedRequest(bytes, connection.peer, methods[method].request)
    if (!request.ok) return request
    const { requestId } = request.value
    if (this.#accepted.size + this.#running.size >= wireLimits.generationsPerConnection)
      return fail('too_many_connections')
    if (this.#heldBytes + bytes.byteLength > wireLimits.heldRequestBytes) return fail('too_many_calls')
    // The same request may come again as another attempt: with a plan lease, for example.
    if (!replays.isNew(`${method} ${connection.peer} ${requestId} ${request.value.attempt ?? 1}`)) {
      return fail('bad_request', { reason: 'this request was sent before' })
    }
    const start = handler.admit(caller, request.value)
    if (!start.ok) return start
    const timer = setTimeout(() => {
      this.#accepted.delete(requestId)
      this.#heldBytes -= bytes.byteLength
    }, this.options.channelDeadlineMs)
    this.#accepted.set(requestId, { start: start.value, bytes: bytes.byteLength, timer })
    this.#heldBytes += bytes.byteLength
    return ok(new Uint8Array(0))
  }

  /** Resolves when no generation runs. */
  async ended(): Promise<void> {
    await Promise.all(this.#generations)
  }

  /** Ends every generation of this connection. */
  close(): void {
    for (const { timer } of this.#accepted.values()) clearTimeout(timer)
    this.#accepted.clear()
    for (const controller of this.#running) controller.abort(callerLost)
  }

  /** A channel that names no accepted call is left unopened, which refuses it. */
  #pair(id: Uint8Array | null): void {
    const requestId = id?.byteLength === 16 ? toHex(id) : null
    const accepted = requestId === null ? undefined : this.#accepted.get(requestId)
    if (!requestId || !id || !accepted) return
    clearTimeout(accepted.timer)
    this.#accepted.delete(requestId)
    this.#open(id, accepted.start, accepted.bytes)
  }

  #open(id: Uint8Array, start: GenerationStart, heldBytes: number): void {
    const { connection } = this.options
    const controller = new AbortController()
    const endWork = connection.heartbeat.begin()
    const end = (): void => {
      endWork()
      writer.close()
      this.#running.delete(controller)
      controller.abort(callerLost)
    }
    const channel = connection.mux.createChannel<Uint8Array>({
      protocol: tokenProtocol,
      id,
      handshake: frameEncoding,
      onclose: () => connection.guard.run('token channel close', end),
      ondrain: () => connection.guard.run('token channel drain', () => writer.drained()),
    })
    const message = channel?.addMessage({
      encoding: frameEncoding,
      onmessage: (bytes) =>
        connection.guard.run('token channel', () => this.#receiveFrame(bytes, writer, controller, channel)),
    })
    const writer = new TokenWriter({
      send: (frame) => message?.send(frame) ?? false,
      onUnread: () => connection.guard.run('unread tokens', () => channel?.close()),
    })
    if (!channel) {
      this.#heldBytes -= heldBytes
      return end()
    }
    this.#running.add(controller)
    channel.open(new Uint8Array(0))
    const generation = this.#run(start, controller.signal, writer, channel)
    this.#generations.add(generation)
    void generation.then(() => {
      this.#generations.delete(generation)
      this.#heldBytes -= heldBytes
    })
  }

  /** Never rejects: whatever the handler does, the caller gets a last frame and the channel closes. */
  async #run(
    start: GenerationStart,
    signal: AbortSignal,
    writer: TokenWriter,
    channel: Channel<Uint8Array>,
  ): Promise<void> {
    const { guard } = this.options.connection
    try {
      for await (const part of start(signal)) {
        if (channel.closed) break
        await writer.write(part)
      }
    } catch (cause) {
      guard.run('generation', () => {
        throw cause
      })
      await writer.write({ type: 'failed', error: kithError('internal', { reference: 'generation' }), usage: null })
    } finally {
      guard.run('token channel end', () => channel.close())
    }
  }

  #receiveFrame(
    bytes: Uint8Array,
    writer: TokenWriter,
    controller: AbortController,
    channel: Channel<Uint8Array> | null,
  ): void {
    const frame = decodeCallerFrame(bytes)
    if (frame.ok && frame.value.type === 'cancel') return controller.abort()
    if (frame.ok && frame.value.type === 'credit' && writer.credit(frame.value.bytes)) return
    this.options.connection.guard.strike('token channel', kithError('protocol_error'))
    channel?.close()
  }
}
