import { create } from 'zustand'
import type { ChatEvent } from '../../../node/contract/contract.ts'
import type { ChatId, MessageId } from '../../../node/contract/ids.ts'
import type { Message } from '../../../node/contract/state.ts'

export type StageEvent = Extract<ChatEvent, { type: 'stage' }>

/** What is known of an answer that is still being written. */
export interface LiveAnswer {
  readonly text: string
  readonly stage: StageEvent | null
  /** The computer that took the question, once one has. */
  readonly taker: {
    readonly machineName: string
    readonly isOwnMachine: boolean
    readonly memberName?: string
  } | null
}

interface Transcripts {
  readonly messages: Readonly<Record<ChatId, readonly Message[]>>
  readonly live: Readonly<Record<MessageId, LiveAnswer>>
  /** Answers that ended before the call that asked for them came back. */
  readonly ended: Readonly<Record<MessageId, Message>>
}

const nothing: Transcripts = { messages: {}, live: {}, ended: {} }
const silent: LiveAnswer = { text: '', stage: null, taker: null }

export const useTranscripts = create<Transcripts>()(() => nothing)

function without<K extends string, V>(record: Readonly<Record<K, V>>, key: K): Readonly<Record<K, V>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key)) as Record<K, V>
}

export function isAnswering(message: Message): boolean {
  return message.answer?.state === 'answering'
}

/** Takes one event of an answer in. */
export function applyChatEvent(event: ChatEvent): void {
  useTranscripts.setState((held) => {
    if (event.type === 'end') return applyEnd(held, event.chatId, event.message)
    const before = held.live[event.messageId] ?? silent
    return { live: { ...held.live, [event.messageId]: applyProgress(before, event) } }
  })
}

function applyProgress(before: LiveAnswer, event: Exclude<ChatEvent, { type: 'end' }>): LiveAnswer {
  if (event.type === 'text') return { ...before, stage: null, text: before.text + event.text }
  if (event.machineName === null) return { ...before, stage: event }
  return {
    ...before,
    stage: event,
    taker: {
      machineName: event.machineName,
      isOwnMachine: event.isOwnMachine === true,
      ...(event.memberName === undefined ? {} : { memberName: event.memberName }),
    },
  }
}

function applyEnd(held: Transcripts, chatId: ChatId, message: Message): Partial<Transcripts> {
  const live = without(held.live, message.messageId)
  const messages = held.messages[chatId]
  if (messages?.some((one) => one.messageId === message.messageId) !== true) {
    return { live, ended: { ...held.ended, [message.messageId]: message } }
  }
  return { live, messages: { ...held.messages, [chatId]: replaceMessage(messages, message) } }
}

function replaceMessage(messages: readonly Message[], message: Message): readonly Message[] {
  return messages.map((one) => (one.messageId === message.messageId ? message : one))
}

/** Adds a question and its answer, once the peer has taken them. */
export function addExchange(chatId: ChatId, question: Message, answer: Message): void {
  useTranscripts.setState((held) => {
    const known = new Set([question.messageId, answer.messageId])
    const before = (held.messages[chatId] ?? []).filter((message) => !known.has(message.messageId))
    const final = held.ended[answer.messageId] ?? answer
    return {
      messages: { ...held.messages, [chatId]: [...before, question, final] },
      ended: without(held.ended, answer.messageId),
    }
  })
}

/** Puts the whole of a chat in place. Text that arrived meanwhile is kept where it is longer. */
export function putChat(chatId: ChatId, messages: readonly Message[]): void {
  useTranscripts.setState((held) => {
    const live = { ...held.live }
    for (const message of messages) {
      if (!isAnswering(message)) delete live[message.messageId]
      else if ((live[message.messageId]?.text.length ?? 0) < message.text.length) {
        live[message.messageId] = { ...(live[message.messageId] ?? silent), text: message.text, stage: null }
      }
    }
    return { live, messages: { ...held.messages, [chatId]: messages } }
  })
}

/** Shows every answer of a chat that still counts as running as stopped, with the text it has. */
export function settleChat(chatId: ChatId): void {
  useTranscripts.setState((held) => {
    const messages = held.messages[chatId]
    if (messages?.some(isAnswering) !== true) return held
    const settled = messages.map((message): Message => {
      if (message.answer?.state !== 'answering') return message
      const text = held.live[message.messageId]?.text ?? message.text
      return { ...message, text, answer: { ...message.answer, state: 'stopped' } }
    })
    return { messages: { ...held.messages, [chatId]: settled } }
  })
}

/** The chat's messages; undefined until it was opened. */
export function messagesOf(chatId: ChatId): readonly Message[] | undefined {
  return useTranscripts.getState().messages[chatId]
}

/** Lets go of a chat's messages, and of what is still being written there. */
export function forgetTranscript(chatId: ChatId): void {
  useTranscripts.setState((held) => {
    const answers = new Set<string>((held.messages[chatId] ?? []).map(({ messageId }) => messageId))
    const live = Object.fromEntries(Object.entries(held.live).filter(([messageId]) => !answers.has(messageId)))
    return { messages: without(held.messages, chatId), live }
  })
}

export function forgetAllChats(): void {
  useTranscripts.setState(nothing)
}
