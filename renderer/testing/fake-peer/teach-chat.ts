import { chatIdSchema, type ChatId } from '../../../node/contract/ids.ts'
import { fail, ok } from '../../../node/contract/result.ts'
import type { Message } from '../../../node/contract/state.ts'
import { fakeAnswer, fakeQuestion } from './fake-home.ts'
import { fakeIds } from './fake-ids.ts'
import type { FakePeer } from './fake-peer.ts'

/** How fake answers behave. */
export interface AnswerScript {
  text: string
  /** Pause between the pieces. */
  everyMs: number
  /** Holds the answer at its first stage until it is stopped. */
  isHeld: boolean
  /** Does not say that a stopped answer has ended, as a broken peer would. */
  ignoresStop: boolean
}

/** Chats whose answers stream over the port. */
export function teachChat(peer: FakePeer, chats: Map<ChatId, Message[]>): AnswerScript {
  const script: AnswerScript = {
    text: 'Paris is the capital of France.',
    everyMs: 15,
    isHeld: false,
    ignoresStop: false,
  }
  const running = new Map<ChatId, () => void>()

  function setAnswering(chatId: ChatId, isAnswering: boolean): void {
    peer.change(
      'chats',
      peer.state.chats.map((chat) => (chat.chatId === chatId ? { ...chat, isAnswering } : chat)),
    )
  }

  function stream(chatId: ChatId, answer: Message): void {
    const { messageId } = answer
    const pieces = script.text.match(/\S+\s*|\s+/g) ?? []
    let said = ''
    const end = (state: 'complete' | 'stopped'): void => {
      clearInterval(timer)
      running.delete(chatId)
      if (answer.answer === null) return
      const message: Message = {
        ...answer,
        text: said,
        answer: { ...answer.answer, state, completionTokens: pieces.length, firstTokenMs: 420, durationMs: 1_900 },
      }
      chats.set(chatId, [...(chats.get(chatId) ?? []).filter((one) => one.messageId !== messageId), message])
      peer.answer({ type: 'end', chatId, message })
      setAnswering(chatId, false)
    }
    peer.answer({ type: 'stage', chatId, messageId, stage: 'loading', place: null, machineName: 'Studio PC' })
    const timer = setInterval(() => {
      if (script.isHeld) return
      const piece = pieces[said === '' ? 0 : (said.match(/\S+\s*|\s+/g)?.length ?? 0)]
      if (piece === undefined) {
        end('complete')
        return
      }
      said += piece
      peer.answer({ type: 'text', chatId, messageId, text: piece })
    }, script.everyMs)
    running.set(chatId, () => {
      if (!script.ignoresStop) end('stopped')
    })
  }

  peer.on('chat.ask', ({ chatId: given, text, model }) => {
    const chatId = given === null ? fakeIds.chat() : chatIdSchema.parse(given)
    const nowMs = Date.now()
    const isOwnMachine = peer.state.models.local.some((one) => one.name === model)
    const question = fakeQuestion(text, nowMs)
    const answer = fakeAnswer('', nowMs, {
      state: 'answering',
      model,
      isOwnMachine,
      machineName: isOwnMachine ? peer.state.settings.deviceName : 'Studio PC',
      ...(isOwnMachine ? { memberName: undefined } : {}),
      completionTokens: null,
      firstTokenMs: null,
    })
    const summary = { chatId, title: text.slice(0, 60), updatedAtMs: nowMs, isAnswering: true }
    peer.change('chats', [...peer.state.chats.filter((chat) => chat.chatId !== chatId), summary])
    chats.set(chatId, [...(chats.get(chatId) ?? []), question, answer])
    stream(chatId, answer)
    return { ok: true, value: { chat: summary, question, answer } }
  })
  peer.on('chat.open', ({ chatId }) => {
    const messages = chats.get(chatIdSchema.parse(chatId))
    return messages === undefined ? fail('chat_unknown') : { ok: true, value: { messages } }
  })
  peer.on('chat.stop', ({ chatId }) => {
    running.get(chatIdSchema.parse(chatId))?.()
    return ok()
  })
  peer.on('chat.rename', ({ chatId, title }) => {
    peer.change(
      'chats',
      peer.state.chats.map((chat) => (chat.chatId === chatId ? { ...chat, title } : chat)),
    )
    return ok()
  })
  peer.on('chat.remove', ({ chatId }) => {
    peer.change(
      'chats',
      peer.state.chats.filter((chat) => chat.chatId !== chatId),
    )
    return ok()
  })
  return script
}
