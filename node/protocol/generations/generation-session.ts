import type { Channel, Message } from 'protomux'
import { kithError, type KithError } from '../../contract/errors.ts'
import type { RequestId } from '../../contract/ids.ts'
import type { Result } from '../../contract/result.ts'
import { fromHex } from '../../crypto/encoding.ts'
import type { ServedPart } from '../messages/generation.ts'
import { DeadlineClock, type GenerationDeadlines } from './deadlines.ts'
import { encodeCallerFrame, frameEncoding, servedParts } from '../messages/frames.ts'
import { PartQueue } from './part-queue.ts'
import type { ServiceConnection } from '../service/service-connection.ts'
import { enterFor } from './timed-generation.ts'
import { tokenProtocol } from '../version.ts'
import { wireLimits } from '../wire-limits.ts'

/** Text that is read before the caller says so: a quarter of the window. */
const creditStepBytes = wireLimits.windowBytes / 4
/** How long a cancelled generation may take to report what it used. */
const cancelGraceMs = 500

interface GenerationSessionOptions {
  readonly connection: ServiceConnection
  readonly machineName: string
  readonly requestId: RequestId
  readonly deadlines: GenerationDeadlines
  /** Sends the call; resolves with its reply. */
  readonly call: () => Promise<Result<Uint8Array>>
}

/** The caller's side of one generation: the call, and its token channel right behind it. */
export class GenerationSession {
  readonly parts: PartQueue
  readonly #clock: DeadlineClock
  #channel: Channel<Uint8Array> | null = null
  #message: Message<Uint8Array> | undefined
  #endWork: () => void = () => undefined
  #cancelTimer: NodeJS.Timeout | undefined
  #isAccepted = false
  #isReplied = false
  #hasReceipt = false
  #isConnected = false
  #isChannelClosed = false
  #readBytes = 0
  #receivedBytes = 0

  constructor(private readonly options: GenerationSessionOptions) {
    this.parts = new PartQueue({ onRead: (text) => this.#read(text), onLeave: () => this.#close() })
    this.#clock = new DeadlineClock(
      options.deadlines,
      () => options.machineName,
      (error) => this.#expire(error),
    )
  }

  start(): void {
    const { connection } = this.options
    this.#clock.enter('connect')
    this.#endWork = connection.heartbeat.begin()
    // Call and channel leave in one frame: the request costs no extra round trip.
    connection.mux.cork()
    const reply = this.options.call()
    this.#openChannel()
    connection.mux.uncork()
    void reply.then((result) => this.#replied(result))
    void connection.opened.then((isOpen) => {
      this.#isConnected = isOpen
      if (!isOpen) this.#lost()
      else if (!this.#isAccepted && !this.parts.isEnded) this.#clock.enter('accept')
    })
  }

  /** Stops the generation; what it used so far arrives with its end, or the end comes without. */
  cancel(): void {
    if (this.parts.isEnded) return
    this.#send(encodeCallerFrame({ type: 'cancel' }))
    this.#cancelTimer ??= setTimeout(() => this.#fail(kithError('stopped')), cancelGraceMs)
  }

  #openChannel(): void {
    const { connection, requestId } = this.options
    const channel = connection.mux.createChannel<Uint8Array>({
      protocol: tokenProtocol,
      id: fromHex(requestId),
      handshake: frameEncoding,
      onclose: () => connection.guard.run('token channel close', () => this.#channelClosed()),
    })
    if (!channel) {
      this.#fail(kithError('machine_lost', { machine: this.options.machineName }))
      return
    }
    this.#channel = channel
    this.#message = channel.addMessage({
      encoding: frameEncoding,
      onmessage: (frame) => connection.guard.run('token channel', () => this.#receive(frame)),
    })
    channel.open(new Uint8Array(0))
  }

  #receive(frame: Uint8Array): void {
    if (this.parts.isEnded) return
    const part = servedParts.decode(frame)
    if (!part.ok || !this.#isInOrder(part.value)) {
      const error = kithError('protocol_error')
      this.options.connection.guard.strike('token channel', error)
      this.#fail(error)
      return
    }
    if (part.value.type === 'accepted') this.#isAccepted = true
    enterFor(part.value, this.#clock)
    this.parts.push(part.value)
    if (part.value.type === 'end' || part.value.type === 'failed') this.#close()
  }

  /** A machine says first that it took the request, and sends no more than is allowed. */
  #isInOrder(part: ServedPart): boolean {
    if (part.type === 'accepted' || part.type === 'failed') return true
    if (part.type === 'receipt' && this.#hasReceipt) return false
    this.#hasReceipt ||= part.type === 'receipt'
    if (part.type === 'text') this.#receivedBytes += Buffer.byteLength(part.text)
    return this.#isAccepted && this.#receivedBytes <= wireLimits.generationTextBytes
  }

  #replied(result: Result<Uint8Array>): void {
    this.#isReplied = true
    if (!result.ok) this.#fail(result.error)
    else if (this.#isChannelClosed) this.#lost()
  }

  /** Before the reply the closing may only be a refusal on its way, so the reply decides. */
  #channelClosed(): void {
    this.#isChannelClosed = true
    if (this.#isReplied || (this.#isConnected && this.options.connection.isClosed)) this.#lost()
  }

  #lost(): void {
    if (this.#cancelTimer) return this.#fail(kithError('stopped'))
    this.#fail(
      kithError(this.#isConnected ? 'machine_lost' : 'machine_unreachable', { machine: this.options.machineName }),
    )
  }

  #expire(error: KithError): void {
    // A reader that holds back the text holds back the machine too.
    if (error.code === 'token_timeout' && this.parts.unread > 0) return this.#clock.restart()
    this.#fail(error)
  }

  #fail(error: KithError): void {
    this.parts.push({ type: 'failed', error, usage: null })
    this.#close()
  }

  #read(text: string): void {
    this.#readBytes += Buffer.byteLength(text)
    if (this.#readBytes < creditStepBytes) return
    this.#send(encodeCallerFrame({ type: 'credit', bytes: this.#readBytes }))
    this.#readBytes = 0
  }

  #send(frame: Uint8Array): void {
    if (this.#channel && !this.#channel.closed) this.#message?.send(frame)
  }

  #close(): void {
    this.#clock.stop()
    clearTimeout(this.#cancelTimer)
    this.#endWork()
    if (this.#channel && !this.#channel.closed) this.#channel.close()
  }
}
