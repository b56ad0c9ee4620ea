import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Bee } from '../state/bee.ts'
import { chatIdSchema, type ChatId, type MessageId } from '../contract/ids.ts'
import { kithError } from '../contract/errors.ts'
import { messageSchema, type Message } from '../contract/state.ts'
import { localKeys } from '../pools/pool/records.ts'

const chatRecordSchema = z.object({
  chatId: chatIdSchema,
  title: z.string().max(120),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  messageCount: z.number().int().nonnegative(),
})

export type ChatRecord = z.infer<typeof chatRecordSchema>

/** Longest title, in characters; the first question gives it. */
const titleLength = 60

/** Chats and their messages in the local bee, which is encrypted and never replicated. */
export class ChatStore {
  constructor(private readonly local: Bee) {}

  async list(): Promise<ChatRecord[]> {
    const chats = await this.local.list(localKeys.chats, chatRecordSchema)
    return chats.map(({ value }) => value).sort((left, right) => right.updatedAtMs - left.updatedAtMs)
  }

  get(chatId: ChatId): Promise<ChatRecord | null> {
    return this.local.get(localKeys.chats + chatId, chatRecordSchema)
  }

  async create(firstQuestion: string, nowMs: number): Promise<ChatRecord> {
    const line = firstQuestion.trim().replace(/\s+/g, ' ')
    const chat: ChatRecord = {
      chatId: randomUUID() as ChatId,
      title: line.length > titleLength ? `${line.slice(0, titleLength - 1)}…` : line || '…',
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      messageCount: 0,
    }
    await this.local.put(localKeys.chats + chat.chatId, chat)
    return chat
  }

  async save(chat: ChatRecord): Promise<void> {
    await this.local.put(localKeys.chats + chat.chatId, chat)
  }

  /** Messages in order. An answer that a crash cut short is shown as failed, with what had arrived. */
  async messages(chatId: ChatId, isAnswering: (messageId: MessageId) => boolean): Promise<Message[]> {
    const stored = await this.local.list(localKeys.messages(chatId), messageSchema)
    return stored.map(({ value }) =>
      value.answer?.state === 'answering' && !isAnswering(value.messageId)
        ? { ...value, answer: { ...value.answer, state: 'failed', error: kithError('stopped') } }
        : value,
    )
  }

  /** Adds messages at the end of the chat and returns its new record. */
  async append(chat: ChatRecord, messages: readonly Message[], nowMs: number): Promise<ChatRecord> {
    const updated = { ...chat, updatedAtMs: nowMs, messageCount: chat.messageCount + messages.length }
    await this.local.update([
      ...messages.map((message, index) => [this.#messageKey(chat, chat.messageCount + index), () => message] as const),
      [localKeys.chats + chat.chatId, () => updated] as const,
    ])
    return updated
  }

  /** Replaces the last message of the chat: its answer, as it grows and ends. */
  async replaceLast(chat: ChatRecord, message: Message): Promise<void> {
    await this.local.put(this.#messageKey(chat, chat.messageCount - 1), message)
  }

  async remove(chat: ChatRecord): Promise<void> {
    const keys = Array.from({ length: chat.messageCount }, (_, index) => this.#messageKey(chat, index))
    await this.local.update([localKeys.chats + chat.chatId, ...keys].map((key) => [key, () => undefined] as const))
  }

  #messageKey(chat: ChatRecord, index: number): string {
    return localKeys.messages(chat.chatId) + String(index).padStart(10, '0')
  }
}
