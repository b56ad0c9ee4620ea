import type { Socket } from 'node:net'
import { NamedListeners } from '../base/listeners.ts'
import type { ContractClient } from '../contract/api.ts'
import {
  calls,
  events,
  type CallInput,
  type CallName,
  type CallOutput,
  type EventName,
  type EventPayload,
  type EventPayloads,
} from '../contract/contract.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import {
  controlProtocol,
  encodeFrame,
  maxResultBytes,
  peerFrameSchema,
  type ClientFrame,
  type PeerFrameResult,
} from './control-frames.ts'
import { dialPeer, greetingDeadlineMs } from './control-dial.ts'
import type { ProvedStreams } from './control-proof.ts'
import { FrameChannel } from './frame-channel.ts'

const callDeadlineMs = 120_000
/** Copying and checking a model of many gigabytes takes as long as the disk does. */
const importDeadlineMs = 60 * 60_000

/**
 * Connects to the running peer of a profile; null when none runs.
 *
 * `control_unproved` where something else answers in its place. Nothing is told to it.
 */
export async function connectControl(profileDir: string): Promise<Result<ControlClient | null>> {
  const dialled = await dialPeer(profileDir)
  if (!dialled.ok || !dialled.value) return dialled.ok ? ok(null) : dialled
  const client = new ControlClient(dialled.value.socket, dialled.value.streams)
  const greeted = await client.greeted()
  if (greeted.ok) return ok(client)
  client.close()
  return greeted
}

/** A running peer, over the control socket of its profile. `connectControl` makes one. */
export class ControlClient implements ContractClient {
  readonly #socket: Socket
  readonly #channel: FrameChannel
  readonly #waiting = new Map<number, (result: Result<unknown>) => void>()
  readonly #listeners = new NamedListeners<EventPayloads>({
    onWanted: (event, isWanted) => this.#send({ type: isWanted ? 'subscribe' : 'unsubscribe', event }),
  })
  readonly #ended = new AbortController()
  #greet: (result: Result<void>) => void = () => undefined
  #lastId = 0

  constructor(socket: Socket, streams: ProvedStreams) {
    this.#socket = socket
    this.#channel = new FrameChannel({
      socket,
      streams,
      maxBytes: maxResultBytes,
      onFrame: (value) => this.#receive(value),
      onGarbage: () => this.close(),
    })
    // The close that follows every error is what counts.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#end())
  }

  /** Fires when the connection ends, for whatever reason. */
  get closed(): AbortSignal {
    return this.#ended.signal
  }

  close(): void {
    this.#socket.destroy()
  }

  greeted(): Promise<Result<void>> {
    return this.#received(greetingDeadlineMs, (resolve) => {
      this.#greet = resolve
      this.#channel.open()
    })
  }

  async call<K extends CallName>(name: K, input: CallInput<K>): Promise<Result<CallOutput<K>>> {
    if (this.closed.aborted) return fail('peer_stopped')
    this.#lastId += 1
    const id = this.#lastId
    const deadlineMs = name === 'model.import' ? importDeadlineMs : callDeadlineMs
    const result = await this.#received<unknown>(deadlineMs, (resolve) => {
      this.#waiting.set(id, resolve)
      this.#send({ type: 'call', id, name, input })
    })
    this.#waiting.delete(id)
    if (!result.ok) return result
    const output = calls[name].output.safeParse(result.value)
    return output.success ? ok(output.data as CallOutput<K>) : fail('version_mismatch')
  }

  listen<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void {
    return this.#listeners.add(name, listener)
  }

  /** Waits for what the peer sends back, its end, or the deadline. */
  #received<T>(deadlineMs: number, begin: (resolve: (result: Result<T>) => void) => void): Promise<Result<T>> {
    return new Promise((resolve) => {
      const finish = (result: Result<T>): void => {
        clearTimeout(timer)
        this.closed.removeEventListener('abort', lost)
        resolve(result)
      }
      const lost = (): void => finish(fail('peer_stopped'))
      const timer = setTimeout(() => finish(fail('peer_silent', { seconds: deadlineMs / 1_000 })), deadlineMs)
      this.closed.addEventListener('abort', lost, { once: true })
      begin(finish)
    })
  }

  #receive(value: unknown): void {
    const frame = peerFrameSchema.safeParse(value)
    if (!frame.success) return this.close()
    if (frame.data.type === 'hello') {
      this.#greet(frame.data.protocol === controlProtocol ? ok() : fail('version_mismatch'))
    } else if (frame.data.type === 'result') this.#settle(frame.data.id, frame.data.result)
    else this.#deliver(frame.data.name, frame.data.payload)
  }

  #settle(id: number, result: PeerFrameResult): void {
    // A result without a value has none in JSON.
    this.#waiting.get(id)?.(result.ok ? ok(result.value) : result)
  }

  #deliver(name: string, payload: unknown): void {
    if (!Object.hasOwn(events, name)) return
    const event = name as EventName
    const parsed = events[event].safeParse(payload)
    if (parsed.success) this.#listeners.emit(event, parsed.data)
  }

  #send(frame: ClientFrame): void {
    this.#channel.send(encodeFrame(frame))
  }

  #end(): void {
    this.#ended.abort()
  }
}
