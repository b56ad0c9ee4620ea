import { expect, it, vi } from 'vitest'
import type { ChatEvent } from '../contract/contract.ts'
import { kithError } from '../contract/errors.ts'
import type { ChatId, MessageId, PoolId, RequestId } from '../contract/ids.ts'
import type { Message } from '../contract/state.ts'
import type { ServedPart } from '../protocol/messages/generation.ts'
import { accepted, acceptedAt, ended, otherDeviceId, selfDeviceId, text } from './testing/client-bench.ts'
import { ChatRun } from './chat-run.ts'

const answer: Message = {
  messageId: '00000000-0000-4000-8000-000000000001' as MessageId,
  role: 'assistant',
  text: '',
  createdAtMs: 0,
  answer: {
    state: 'answering',
    model: 'paced',
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

/** Runs an answer of these parts to its end. */
async function run(
  parts: readonly ServedPart[],
  save: (message: Message) => Promise<void> = () => Promise.resolve(),
): Promise<{ message: Message; events: ChatEvent[]; unsaved: unknown[] }> {
  const events: ChatEvent[] = []
  const unsaved: unknown[] = []
  const chat = new ChatRun({
    ownerOf: () => null,
    chatId: '00000000-0000-4000-8000-000000000002' as ChatId,
    answer,
    request: {
      requestId: 'ab'.repeat(16) as RequestId,
      poolId: 'aa'.repeat(32) as PoolId,
      model: 'paced',
      turns: [{ role: 'user', text: 'Hello?' }],
      maxTokens: 10,
    },
    gateway: {
      async *ask() {
        yield* parts
      },
    },
    selfDeviceId,
    emit: (event) => events.push(event),
    save,
    onUnsaved: (cause) => unsaved.push(cause),
  })
  await chat.finished
  return { message: chat.message, events, unsaved }
}

const stagesOf = (events: readonly ChatEvent[]): unknown[] =>
  events.flatMap((event) => (event.type === 'stage' ? [[event.stage, event.place, event.machineName]] : []))

it('tells where the request is, and which machine has it', async () => {
  const { events, message } = await run([
    acceptedAt(2),
    accepted,
    { type: 'loading' },
    { type: 'reading' },
    text('Yes'),
    ended,
  ])
  expect(stagesOf(events)).toEqual([
    ['finding', null, null],
    ['waiting', 2, 'Bella’s PC'],
    ['reading', null, 'Bella’s PC'],
    ['loading', null, 'Bella’s PC'],
    ['reading', null, 'Bella’s PC'],
  ])
  expect(events.at(-1)).toEqual({ type: 'end', chatId: expect.any(String), message })
  expect(message.answer).toMatchObject({ state: 'complete', deviceId: otherDeviceId, promptTokens: 3 })
  expect(message.answer?.firstTokenMs).not.toBeNull()
})

it('says once what is said again as a sign of life, and once that the model thinks', async () => {
  const thought = { type: 'reasoning', tokens: 1 } as const
  const reading = { type: 'reading' } as const
  const { events, message } = await run([accepted, reading, reading, thought, thought, text('Yes'), ended])
  expect(stagesOf(events).map((stage) => (stage as unknown[])[0])).toEqual(['finding', 'reading', 'thinking'])
  expect(message.text).toBe('Yes')
})

it('saves once more when the answer is over, and goes on where that cannot be written down', async () => {
  const save = vi.fn(() => Promise.reject(new Error('the disk is full')))
  const { message, events, unsaved } = await run([accepted, text('Yes'), ended], save)
  expect(save).toHaveBeenCalledOnce()
  expect(unsaved).toHaveLength(1)
  expect(events.at(-1)).toMatchObject({ type: 'end', message: { text: 'Yes' } })
  expect(message.answer?.state).toBe('complete')
})

it('tells a failure with what was used, and a stop as a stop', async () => {
  const usage = { promptTokens: 3, completionTokens: 1 }
  const failed = await run([accepted, text('Y'), { type: 'failed', error: kithError('engine_crashed'), usage }])
  expect(failed.message).toMatchObject({ text: 'Y', answer: { state: 'failed', error: { code: 'engine_crashed' } } })
  expect(failed.message.answer).toMatchObject(usage)
  const stopped = await run([accepted, { type: 'failed', error: kithError('stopped'), usage: null }])
  expect(stopped.message.answer).toMatchObject({ state: 'stopped', error: null })
})

it('ends as failed where a gateway ends without saying so, and passes receipts over', async () => {
  const receipt: ServedPart = { type: 'receipt', record: '{}', signature: new Uint8Array(64) }
  const { message, events } = await run([accepted, text('Y'), receipt])
  expect(message.answer).toMatchObject({ state: 'failed', error: { code: 'internal' } })
  expect(JSON.stringify(events)).not.toContain('receipt')
})
