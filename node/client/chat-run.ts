import type { KithError } from '../contract/errors.ts'
import { kithError } from '../contract/errors.ts'
import type { ChatEvent } from '../contract/contract.ts'
import type { ChatId, DeviceId } from '../contract/ids.ts'
import { assertNever } from '../contract/result.ts'
import type { Message } from '../contract/state.ts'
import type { GenerationPort, PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import { askFitting } from './fitting-conversation.ts'

/** What has arrived is saved this often, so that a crash loses seconds, not the answer. */
const saveIntervalMs = 2_000

export interface ChatRunOptions {
  readonly chatId: ChatId
  readonly answer: Message
  readonly request: PromptRequest
  readonly gateway: GenerationPort
  readonly selfDeviceId: DeviceId
  /** The person whose computer a device is; null where it is our own. */
  readonly ownerOf: (deviceId: DeviceId) => string | null
  readonly emit: (event: ChatEvent) => void
  readonly save: (message: Message) => Promise<void>
  /** Called when the answer could not be saved; it continues. */
  readonly onUnsaved: (cause: unknown) => void
}

type Stage = Extract<ChatEvent, { type: 'stage' }>['stage']

/** One answer from request to end: follows the parts, informs the window, saves the text. */
export class ChatRun {
  readonly #abort = new AbortController()
  readonly #startedMs = performance.now()
  #message: Message
  #savedMs = performance.now()
  /** What was told last: a stage that is said again, as a sign of life, is no news. */
  #toldStage = ''
  /** Settles when the answer has ended and is saved; never rejects for expected failures. */
  readonly finished: Promise<void>

  constructor(private readonly options: ChatRunOptions) {
    this.#message = options.answer
    this.finished = this.#run()
  }

  get message(): Message {
    return this.#message
  }

  stop(): void {
    this.#abort.abort()
  }

  async #run(): Promise<void> {
    this.#stage('finding', null)
    let isEnded = false
    const { gateway, request } = this.options
    const onLeftOut = (leftOutMessages: number): void => this.#update({ leftOutMessages })
    for await (const part of askFitting(gateway, request, this.#abort.signal, onLeftOut)) {
      this.#follow(part)
      isEnded ||= part.type === 'end' || part.type === 'failed'
      if (performance.now() - this.#savedMs > saveIntervalMs) {
        this.#savedMs = performance.now()
        await this.#save()
      }
    }
    if (!isEnded) this.#end('failed', kithError('internal', { reference: this.options.request.requestId.slice(0, 8) }))
    await this.#save()
    this.options.emit({ type: 'end', chatId: this.options.chatId, message: this.#message })
  }

  async #save(): Promise<void> {
    try {
      await this.options.save(this.#message)
    } catch (cause) {
      this.options.onUnsaved(cause)
    }
  }

  #follow(part: ServedPart): void {
    switch (part.type) {
      case 'accepted':
        this.#taken(part.deviceId, part.machineName)
        this.#stage(part.place > 0 ? 'waiting' : 'reading', part.place > 0 ? part.place : null)
        return
      case 'loading':
      case 'reading':
        this.#stage(part.type, null)
        return
      case 'reasoning':
        this.#stage('thinking', null)
        return
      case 'text':
        this.#text(part.text)
        return
      case 'receipt':
        // Receipts stay with the gateway: one that reaches a client is ignored.
        return
      case 'end':
        this.#update({ promptTokens: part.usage.promptTokens, completionTokens: part.usage.completionTokens })
        this.#end(part.reason === 'stopped' ? 'stopped' : 'complete', null)
        return
      case 'failed':
        if (part.usage) this.#update(part.usage)
        this.#end(
          part.error.code === 'stopped' ? 'stopped' : 'failed',
          part.error.code === 'stopped' ? null : part.error,
        )
        return
      default:
        assertNever(part)
    }
  }

  #taken(deviceId: DeviceId, machineName: string): void {
    const memberName = this.options.ownerOf(deviceId)
    const isOwnMachine = deviceId === this.options.selfDeviceId
    this.#update({ machineName, deviceId, isOwnMachine, ...(memberName === null ? {} : { memberName }) })
  }

  #text(text: string): void {
    if (this.#message.answer?.firstTokenMs === null) this.#update({ firstTokenMs: this.#elapsedMs() })
    this.#message = { ...this.#message, text: this.#message.text + text }
    this.options.emit({ type: 'text', chatId: this.options.chatId, messageId: this.#message.messageId, text })
  }

  #end(state: 'complete' | 'stopped' | 'failed', error: KithError | null): void {
    this.#update({ state, error, durationMs: this.#elapsedMs() })
  }

  #stage(stage: Stage, place: number | null): void {
    const { answer } = this.#message
    const told = `${stage} ${place} ${answer?.deviceId}`
    if (told === this.#toldStage) return
    this.#toldStage = told
    const machineName = answer?.machineName || null
    const memberName = answer?.memberName
    this.options.emit({
      type: 'stage',
      chatId: this.options.chatId,
      messageId: this.#message.messageId,
      stage,
      place,
      machineName,
      ...(machineName === null ? {} : { isOwnMachine: answer?.isOwnMachine === true }),
      ...(memberName === undefined ? {} : { memberName }),
    })
  }

  #update(change: Partial<NonNullable<Message['answer']>>): void {
    if (this.#message.answer) this.#message = { ...this.#message, answer: { ...this.#message.answer, ...change } }
  }

  #elapsedMs(): number {
    return Math.round(performance.now() - this.#startedMs)
  }
}
