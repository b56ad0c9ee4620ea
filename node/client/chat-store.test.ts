import { afterEach, beforeEach, expect, it } from 'vitest'
import type { MessageId } from '../contract/ids.ts'
import type { Message } from '../contract/state.ts'
import { ChatStore } from './chat-store.ts'
import { ClientBench } from './testing/client-bench.ts'

let bench: ClientBench
let store: ChatStore
beforeEach(async () => {
  bench = await ClientBench.open()
  store = new ChatStore(bench.local)
})
afterEach(() => bench.close())

function message(number: number, words: string): Message {
  const messageId = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` as MessageId
  return { messageId, role: 'user', text: words, createdAtMs: number, answer: null }
}

it('takes the title from the first question: one line, cut short', async () => {
  expect((await store.create('  Two\n lines ', 1)).title).toBe('Two lines')
  expect((await store.create('', 2)).title).toBe('…')
  const long = await store.create('x'.repeat(100), 3)
  expect(long.title).toBe(`${'x'.repeat(59)}…`)
  expect((await store.list()).map(({ updatedAtMs }) => updatedAtMs)).toEqual([3, 2, 1])
})

it('keeps messages in their order, and replaces the last', async () => {
  let chat = await store.create('Hello', 1)
  for (let number = 0; number < 12; number += 1) {
    chat = await store.append(chat, [message(number, `number ${number}`)], number)
  }
  await store.replaceLast(chat, message(11, 'the last'))
  const words = (await new ChatStore(bench.local).messages(chat.chatId, () => false)).map((one) => one.text)
  expect(words).toEqual([...Array.from({ length: 11 }, (_, number) => `number ${number}`), 'the last'])
  expect(await store.get(chat.chatId)).toMatchObject({ messageCount: 12, updatedAtMs: 11 })
})

it('forgets a chat with all its messages, and no other', async () => {
  const kept = await store.append(await store.create('Kept', 1), [message(1, 'kept')], 1)
  const gone = await store.append(await store.create('Gone', 2), [message(2, 'gone')], 2)
  await store.remove(gone)
  expect((await store.list()).map(({ chatId }) => chatId)).toEqual([kept.chatId])
  expect(await store.messages(gone.chatId, () => false)).toEqual([])
  expect(await store.messages(kept.chatId, () => false)).toHaveLength(1)
})
