import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChatId } from '../contract/ids.ts'
import type { Result } from '../contract/result.ts'
import { accepted, ClientBench, ended, otherDeviceId, question, text } from './testing/client-bench.ts'
import type { ClientChats } from './chats.ts'

let bench: ClientBench
let chats: ClientChats
beforeEach(async () => {
  bench = await ClientBench.open()
  chats = await bench.chats()
})
afterEach(async () => {
  await chats.stop()
  await bench.close()
})

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

const isAnswering = (chatId: ChatId): boolean | undefined =>
  chats.summaries().find((chat) => chat.chatId === chatId)?.isAnswering

/** Resolves when the chat's answer is over. */
const over = (chatId: ChatId): Promise<unknown> => expect.poll(() => isAnswering(chatId)).toBe(false)

describe('chats', () => {
  it('show an answer as it comes, and keep it', async () => {
    const { chat, answer } = valueOf(await chats.ask(question('How are you?')))
    expect(isAnswering(chat.chatId)).toBe(true)
    bench.gateway.say(accepted, text('Well, '), text('thanks.'), ended)
    await over(chat.chatId)
    expect(bench.events.map(({ type }) => type)).toEqual(['stage', 'stage', 'text', 'text', 'end'])
    expect(bench.heard).toBe('Well, thanks.')

    const reopened = await bench.chats()
    expect(reopened.summaries()).toMatchObject([{ chatId: chat.chatId, title: 'How are you?', isAnswering: false }])
    const { messages } = valueOf(await reopened.open(chat.chatId))
    expect(messages).toMatchObject([
      { role: 'user', text: 'How are you?', answer: null },
      {
        messageId: answer.messageId,
        text: 'Well, thanks.',
        answer: { state: 'complete', deviceId: otherDeviceId, isOwnMachine: false, completionTokens: 2 },
      },
    ])
  })

  it('give a page that opens a chat in the middle of an answer all that has come so far', async () => {
    const { chat } = valueOf(await chats.ask(question('Count.')))
    bench.gateway.say(accepted, text('one '))
    await expect.poll(() => bench.heard).toBe('one ')
    const { messages } = valueOf(await chats.open(chat.chatId))
    expect(messages.at(-1)).toMatchObject({ text: 'one ', answer: { state: 'answering' } })
    bench.gateway.say(ended)
    await over(chat.chatId)
  })

  it('keep what had come when a person stops an answer', async () => {
    const { chat } = valueOf(await chats.ask(question('Count.')))
    bench.gateway.say(accepted, text('one '))
    await expect.poll(() => bench.heard).toBe('one ')
    valueOf(await chats.interrupt(chat.chatId))
    await over(chat.chatId)
    const { messages } = valueOf(await chats.open(chat.chatId))
    expect(messages.at(-1)).toMatchObject({ text: 'one ', answer: { state: 'stopped', error: null } })
  })

  it('refuse a second question while one is answered, but only in the same chat', async () => {
    const first = valueOf(await chats.ask(question('One?'))).chat.chatId
    expect(await chats.ask(question('Two?', { chatId: first }))).toMatchObject({ error: { code: 'chat_busy' } })
    const second = valueOf(await chats.ask(question('Three?'))).chat.chatId
    expect(bench.gateway.asked).toHaveLength(2)
    await Promise.all([chats.interrupt(first), chats.interrupt(second)])
  })

  it('tell the model what was said before, without questions that were never answered', async () => {
    const { chat } = valueOf(await chats.ask(question('One?')))
    bench.gateway.say(accepted, text('Yes.'), ended)
    await over(chat.chatId)
    valueOf(await chats.ask(question('Two?', { chatId: chat.chatId })))
    await chats.interrupt(chat.chatId)
    await over(chat.chatId)
    valueOf(await chats.ask(question('Three?', { chatId: chat.chatId })))
    expect(bench.gateway.asked.at(-1)?.turns).toEqual([
      { role: 'user', text: 'One?' },
      { role: 'assistant', text: 'Yes.' },
      { role: 'user', text: 'Three?' },
    ])
    await chats.interrupt(chat.chatId)
  })

  it('show an answer that a crash cut short as stopped, and go on from there', async () => {
    const { chat } = valueOf(await chats.ask(question('Count.')))
    const afterCrash = await bench.chats()
    const { messages } = valueOf(await afterCrash.open(chat.chatId))
    expect(messages.at(-1)).toMatchObject({ answer: { state: 'failed', error: { code: 'stopped' } } })
    await chats.interrupt(chat.chatId)
    const next = valueOf(await afterCrash.ask(question('Again?', { chatId: chat.chatId })))
    await afterCrash.interrupt(next.chat.chatId)
  })

  it('are renamed and removed, a running answer with its chat', async () => {
    const { chat } = valueOf(await chats.ask(question('Count.')))
    valueOf(await chats.rename(chat.chatId, 'Numbers'))
    expect(chats.summaries()).toMatchObject([{ title: 'Numbers' }])
    valueOf(await chats.remove(chat.chatId))
    expect((await bench.chats()).summaries()).toEqual([])
    for (const result of [
      await chats.open(chat.chatId),
      await chats.rename(chat.chatId, 'Gone'),
      await chats.remove(chat.chatId),
      await chats.ask(question('Gone?', { chatId: chat.chatId })),
    ]) {
      expect(result).toMatchObject({ error: { code: 'chat_unknown' } })
    }
  })
})
