import { beforeEach, describe, expect, it } from 'vitest'
import { fakeAnswer, fakeQuestion } from '../../testing/fake-peer/fake-home.ts'
import { fakeIds } from '../../testing/fake-peer/fake-ids.ts'
import {
  addExchange,
  applyChatEvent,
  forgetAllChats,
  messagesOf,
  putChat,
  settleChat,
  useTranscripts,
} from './transcript-store.ts'

const chatId = fakeIds.chat()

function exchange() {
  return { question: fakeQuestion('Why?', 1), answer: fakeAnswer('', 1, { state: 'answering' }) }
}

describe('transcripts', () => {
  beforeEach(() => {
    forgetAllChats()
  })

  it('gather text as it comes and take the final message at the end', () => {
    const { question, answer } = exchange()
    addExchange(chatId, question, answer)
    const { messageId } = answer
    applyChatEvent({ type: 'text', chatId, messageId, text: 'Be' })
    applyChatEvent({ type: 'text', chatId, messageId, text: 'cause.' })
    expect(useTranscripts.getState().live[messageId]?.text).toBe('Because.')
    const final = { ...fakeAnswer('Because.', 1), messageId }
    applyChatEvent({ type: 'end', chatId, message: final })
    expect(messagesOf(chatId)).toEqual([question, final])
    expect(useTranscripts.getState().live).toEqual({})
  })

  it('name the computer that took the question while it answers', () => {
    const { question, answer } = exchange()
    addExchange(chatId, question, answer)
    const { messageId } = answer
    const waiting = { type: 'stage', chatId, messageId, place: null } as const
    applyChatEvent({ ...waiting, stage: 'finding', machineName: null })
    expect(useTranscripts.getState().live[messageId]?.taker).toBeNull()
    applyChatEvent({ ...waiting, stage: 'reading', machineName: 'Studio PC', isOwnMachine: false })
    applyChatEvent({ type: 'text', chatId, messageId, text: 'Be' })
    expect(useTranscripts.getState().live[messageId]?.taker).toEqual({ machineName: 'Studio PC', isOwnMachine: false })
  })

  it('keep an answer that ended before the question’s call came back', () => {
    const { question, answer } = exchange()
    const final = { ...fakeAnswer('Quick.', 1), messageId: answer.messageId }
    applyChatEvent({ type: 'end', chatId, message: final })
    addExchange(chatId, question, answer)
    expect(messagesOf(chatId)).toEqual([question, final])
  })

  it('go on from the text a reopened chat already has', () => {
    const { question, answer } = exchange()
    putChat(chatId, [question, { ...answer, text: 'Because ' }])
    applyChatEvent({ type: 'text', chatId, messageId: answer.messageId, text: 'so.' })
    expect(useTranscripts.getState().live[answer.messageId]?.text).toBe('Because so.')
  })

  it('let go of an answer nobody ended, with the text it has', () => {
    const { question, answer } = exchange()
    addExchange(chatId, question, answer)
    applyChatEvent({ type: 'text', chatId, messageId: answer.messageId, text: 'Half' })
    settleChat(chatId)
    expect(messagesOf(chatId)?.[1]).toMatchObject({ text: 'Half', answer: { state: 'stopped' } })
  })
})
