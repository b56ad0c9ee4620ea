import { randomUUID } from 'node:crypto'
import type { Facility, Health } from '../base/facility.ts'
import { healthy } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import type { ChatEvent, CallOutput, ParsedInput } from '../contract/contract.ts'
import type { ChatId, DeviceId, MessageId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { ChatSummary, Message } from '../contract/state.ts'
import type { ChatTurn } from '../engines/engine.ts'
import { mostUnnamedTokens, type GenerationPort } from '../protocol/messages/generation.ts'
import type { Bee } from '../state/bee.ts'
import { ChatRun } from './chat-run.ts'
import { newRequestId } from './request-id.ts'
import { ChatStore, type ChatRecord } from './chat-store.ts'

export interface ClientChatsOptions {
  readonly local: Bee
  readonly gateway: GenerationPort
  readonly selfDeviceId: DeviceId
  /** The person whose computer a device is; null where it is our own. */
  readonly ownerOf: (deviceId: DeviceId) => string | null
  readonly log: Log
  readonly emit: (event: ChatEvent) => void
  readonly onChange: () => void
  /** Called when an answer could not be saved. */
  readonly onUnsaved: (cause: unknown) => void
}

/** The chats of one account on this install: sends requests to the gateway and stores what was said. */
export class ClientChats implements Facility {
  readonly name = 'chats'
  readonly needs = []
  readonly #store: ChatStore
  readonly #runs = new Map<ChatId, ChatRun>()
  #chats = new Map<ChatId, ChatRecord>()

  constructor(private readonly options: ClientChatsOptions) {
    this.#store = new ChatStore(options.local)
  }

  async start(): Promise<void> {
    this.#chats = new Map((await this.#store.list()).map((chat) => [chat.chatId, chat]))
  }

  async stop(): Promise<void> {
    const runs = [...this.#runs.values()]
    for (const run of runs) run.stop()
    await Promise.all(runs.map((run) => run.finished))
  }

  summaries(): ChatSummary[] {
    return [...this.#chats.values()]
      .sort((left, right) => right.updatedAtMs - left.updatedAtMs)
      .map((chat) => this.#summary(chat))
  }

  async open(chatId: ChatId): Promise<Result<{ messages: Message[] }>> {
    if (!this.#chats.has(chatId)) return fail('chat_unknown')
    const run = this.#runs.get(chatId)
    const messages = await this.#store.messages(chatId, (messageId) => run?.message.messageId === messageId)
    // The stored copy of a running answer lags behind; the page must not lose what came in between.
    return ok({
      messages: messages.map((message) => (message.messageId === run?.message.messageId ? run.message : message)),
    })
  }

  async ask(input: ParsedInput<'chat.ask'>): Promise<Result<CallOutput<'chat.ask'>>> {
    const existing = input.chatId === null ? null : (this.#chats.get(input.chatId) ?? null)
    if (input.chatId !== null && !existing) return fail('chat_unknown')
    if (existing && this.#runs.has(existing.chatId)) return fail('chat_busy')
    const nowMs = Date.now()
    const before = existing ?? (await this.#store.create(input.text, nowMs))
    const turns = turnsOf(existing ? await this.#store.messages(existing.chatId, () => false) : [])
    const question: Message = {
      messageId: randomUUID() as MessageId,
      role: 'user',
      text: input.text,
      createdAtMs: nowMs,
      answer: null,
    }
    const answer = emptyAnswer(input.model, nowMs)
    const chat = await this.#store.append(before, [question, answer], nowMs)
    this.#chats.set(chat.chatId, chat)
    const run = new ChatRun({
      chatId: chat.chatId,
      answer,
      request: {
        requestId: newRequestId(),
        poolId: input.poolId,
        model: input.model,
        turns: [...turns, { role: 'user', text: input.text }],
        maxTokens: input.maxTokens ?? mostUnnamedTokens,
        ...(input.maxTokens ? {} : { mayShorten: true }),
        temperature: input.temperature,
      },
      gateway: this.options.gateway,
      selfDeviceId: this.options.selfDeviceId,
      ownerOf: this.options.ownerOf,
      emit: this.options.emit,
      save: (message) => this.#store.replaceLast(chat, message),
      onUnsaved: this.options.onUnsaved,
    })
    this.#runs.set(chat.chatId, run)
    this.options.onChange()
    run.finished
      .catch((cause: unknown) => this.options.log.error({ cause, chatId: chat.chatId }, 'answer run failed'))
      .finally(() => {
        this.#runs.delete(chat.chatId)
        this.options.onChange()
      })
    return ok({ chat: this.#summary(chat), question, answer })
  }

  async interrupt(chatId: ChatId): Promise<Result<void>> {
    const run = this.#runs.get(chatId)
    run?.stop()
    await run?.finished
    return ok()
  }

  async rename(chatId: ChatId, title: string): Promise<Result<void>> {
    const chat = this.#chats.get(chatId)
    if (!chat) return fail('chat_unknown')
    const renamed = { ...chat, title }
    await this.#store.save(renamed)
    this.#chats.set(chatId, renamed)
    this.options.onChange()
    return ok()
  }

  async remove(chatId: ChatId): Promise<Result<void>> {
    const chat = this.#chats.get(chatId)
    if (!chat) return fail('chat_unknown')
    await this.interrupt(chatId)
    await this.#store.remove(chat)
    this.#chats.delete(chatId)
    this.options.onChange()
    return ok()
  }

  health(): Health {
    return healthy
  }

  #summary(chat: ChatRecord): ChatSummary {
    const { chatId, title, updatedAtMs } = chat
    return { chatId, title, updatedAtMs, isAnswering: this.#runs.has(chatId) }
  }
}

function emptyAnswer(model: string, nowMs: number): Message {
  return {
    messageId: randomUUID() as MessageId,
    role: 'assistant',
    text: '',
    createdAtMs: nowMs,
    answer: {
      state: 'answering',
      model,
      machineName: '',
      deviceId: null,
      isOwnMachine: false,
      promptTokens: null,
      completionTokens: null,
      firstTokenMs: null,
      durationMs: null,
      error: null,
    },
  }
}

/** The turns sent to the model: answers that never began are left out with their question. */
function turnsOf(messages: readonly Message[]): ChatTurn[] {
  const turns: ChatTurn[] = []
  for (const message of messages) {
    if (message.role === 'assistant' && message.text === '') turns.pop()
    else turns.push({ role: message.role, text: message.text })
  }
  return turns
}
