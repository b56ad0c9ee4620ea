import { create } from 'zustand'
import type { ChatEvent } from '../../../node/contract/contract.ts'
import type { MessageId } from '../../../node/contract/ids.ts'
import { sentenceOf } from '../../locales/error-sentence.ts'
import { text } from '../../locales/i18n.ts'
import { useNavigation } from '../../state/navigation.ts'
import { readSlice } from '../../state/slices.ts'
import { speakable, takeSentences } from './sentences.ts'

interface Announcements {
  readonly lines: readonly { readonly id: number; readonly text: string }[]
}

/** Screen readers read what is added; old lines may go. */
const maxLines = 6
const unread = new Map<MessageId, string>()
let lastId = 0

export const useAnnouncements = create<Announcements>()(() => ({ lines: [] }))

/** Says one line to screen readers. */
export function announce(line: string): void {
  if (line === '') return
  lastId += 1
  const added = { id: lastId, text: line }
  useAnnouncements.setState(({ lines }) => ({ lines: [...lines, added].slice(-maxLines) }))
}

/** What was said of one chat is not read out in another. */
export function forgetAnnouncements(): void {
  unread.clear()
  useAnnouncements.setState({ lines: [] })
}

/** Announces answers of the chat on screen at the grain the person chose; never each token. */
export function announceEvent(event: ChatEvent): void {
  const grain = readSlice('settings').announceAnswers
  if (grain === 'off' || useNavigation.getState().chatId !== event.chatId) return
  if (event.type === 'text') announceText(event.messageId, event.text, grain === 'sentences')
  else if (event.type === 'end') announceEnd(event, grain === 'sentences')
}

function announceText(messageId: MessageId, added: string, saysSentences: boolean): void {
  const before = unread.get(messageId)
  if (before === undefined) announce(text.t('chat.announceAnswering'))
  if (!saysSentences) {
    unread.set(messageId, '')
    return
  }
  const { sentences, rest } = takeSentences((before ?? '') + added)
  unread.set(messageId, rest)
  announce(speakable(sentences))
}

function announceEnd({ message }: Extract<ChatEvent, { type: 'end' }>, saysSentences: boolean): void {
  const rest = unread.get(message.messageId) ?? ''
  unread.delete(message.messageId)
  announce(speakable(saysSentences ? rest : ''))
  const answer = message.answer
  if (answer?.state === 'failed' && answer.error !== null) {
    announce(text.t('chat.announceFailed', { reason: sentenceOf(answer.error) }))
  } else if (answer?.state === 'stopped') announce(text.t('chat.announceStopped'))
  else if (message.text.trim() === '') announce(text.t('chat.emptyAnswer'))
  else
    announce(saysSentences ? text.t('chat.announceDone') : `${text.t('chat.announceDone')}. ${speakable(message.text)}`)
}
