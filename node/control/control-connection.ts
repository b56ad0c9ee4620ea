import type { Socket } from 'node:net'
import type { Log } from '../base/log.ts'
import type { Caller, PeerApi } from '../contract/api.ts'
import { calls, events, maxCallBytes, type EventName } from '../contract/contract.ts'
import type { ChatId } from '../contract/ids.ts'
import { fail, type Result } from '../contract/result.ts'
import { clientFrameSchema, controlProtocol, encodeFrame, maxResultBytes, type PeerFrame } from './control-frames.ts'
import type { ProvedStreams } from './control-proof.ts'
import { FrameChannel } from './frame-channel.ts'

const maxCallsAtOnce = 64
/** A reader that falls this far behind is cut off, so that it cannot fill our memory. */
const maxUnsentBytes = 2 * maxResultBytes

export interface ControlConnectionOptions {
  readonly socket: Socket
  /** Both ends have proved themselves. */
  readonly streams: ProvedStreams
  readonly peer: PeerApi
  readonly log: Log
  readonly onClosed: () => void
}

/** One command line on the socket. Garbage ends this connection and nothing else. */
export class ControlConnection {
  readonly #options: ControlConnectionOptions
  readonly #channel: FrameChannel
  readonly #subscriptions = new Map<EventName, () => void>()
  /** Chats in which an answer runs for this connection; they stop when it ends. */
  readonly #answering = new Set<ChatId>()
  #activeCalls = 0
  /** Whoever signs in over this connection has a session for as long as it is open. */
  readonly #leaving = new AbortController()
  readonly #caller: Caller = { kind: 'command', signal: this.#leaving.signal }

  constructor(options: ControlConnectionOptions) {
    this.#options = options
    const { socket, streams } = options
    this.#channel = new FrameChannel({
      socket,
      streams,
      maxBytes: maxCallBytes,
      onFrame: (value) => this.#receive(value),
      onGarbage: () => this.#refuse('garbage on the control socket'),
    })
  }

  open(): void {
    const { socket, peer, log } = this.#options
    const forget = peer.listen('chat', (event) => {
      if (event.type === 'end') this.#answering.delete(event.chatId)
    })
    socket.on('error', (cause) => log.debug({ cause }, 'control connection failed'))
    socket.once('close', () => {
      forget()
      this.#leaving.abort()
      for (const unsubscribe of this.#subscriptions.values()) unsubscribe()
      for (const chatId of this.#answering) void this.#stopAnswer(chatId)
      this.#options.onClosed()
    })
    this.#send({ type: 'hello', protocol: controlProtocol })
    this.#channel.open()
  }

  close(): void {
    this.#options.socket.destroy()
  }

  #receive(value: unknown): void {
    if (this.#options.socket.destroyed) return
    const frame = clientFrameSchema.safeParse(value)
    if (!frame.success) return this.#refuse('unknown frame on the control socket')
    if (frame.data.type === 'call') void this.#call(frame.data.id, frame.data.name, frame.data.input)
    else if (frame.data.type === 'subscribe') this.#subscribe(frame.data.event)
    else this.#unsubscribe(frame.data.event)
  }

  #refuse(reason: string): void {
    this.#options.log.warn({ reason }, 'control connection closed')
    this.close()
  }

  async #call(id: number, name: string, input: unknown): Promise<void> {
    if (this.#activeCalls >= maxCallsAtOnce) {
      const reason = `more than ${maxCallsAtOnce} calls at once`
      this.#send({ type: 'result', id, result: fail('bad_request', { reason }) })
      return
    }
    this.#activeCalls += 1
    const result = await this.#options.peer.dispatch(name, input, this.#caller)
    this.#activeCalls -= 1
    this.#own(name, result)
    this.#send({ type: 'result', id, result })
  }

  /** Whoever asked over this connection and is gone reads no answer any more. */
  #own(name: string, result: Result<unknown>): void {
    if (name !== 'chat.ask' || !result.ok) return
    const asked = calls['chat.ask'].output.safeParse(result.value)
    if (!asked.success || asked.data.answer.answer?.state !== 'answering') return
    this.#answering.add(asked.data.chat.chatId)
    if (this.#options.socket.destroyed) void this.#stopAnswer(asked.data.chat.chatId)
  }

  async #stopAnswer(chatId: ChatId): Promise<void> {
    this.#answering.delete(chatId)
    const stopped = await this.#options.peer.dispatch('chat.stop', { chatId })
    if (!stopped.ok) this.#options.log.debug({ error: stopped.error }, 'answer had ended before it was stopped')
  }

  #subscribe(name: string): void {
    if (!isEventName(name) || this.#subscriptions.has(name)) return
    const unsubscribe = this.#options.peer.listen(name, (payload) => this.#send({ type: 'event', name, payload }))
    this.#subscriptions.set(name, unsubscribe)
  }

  #unsubscribe(name: string): void {
    if (!isEventName(name)) return
    this.#subscriptions.get(name)?.()
    this.#subscriptions.delete(name)
  }

  #send(frame: PeerFrame): void {
    const { socket } = this.#options
    if (socket.destroyed) return
    const bytes = encodeFrame(frame)
    if (bytes.byteLength > maxResultBytes) return this.#sendTooLarge(frame)
    this.#channel.send(bytes)
    if (socket.writableLength > maxUnsentBytes) this.#refuse('the reader of the control socket fell behind')
  }

  #sendTooLarge(frame: PeerFrame): void {
    this.#options.log.warn({ type: frame.type }, 'too large for the control socket')
    const limit = `${maxResultBytes / (1024 * 1024)} MB`
    if (frame.type === 'result') this.#send({ ...frame, result: fail('too_large', { limit }) })
  }
}

function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name)
}
