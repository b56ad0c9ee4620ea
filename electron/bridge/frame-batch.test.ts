import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ChatEvent } from '../../node/contract/contract.ts'
import { chatIdSchema, messageIdSchema } from '../../node/contract/ids.ts'
import { FrameBatch, frameMs } from './frame-batch.ts'

const chatId = chatIdSchema.parse('00000000-0000-4000-8000-000000000001')
const one = messageIdSchema.parse('00000000-0000-4000-8000-000000000002')
const two = messageIdSchema.parse('00000000-0000-4000-8000-000000000003')
const text = (messageId: typeof one, value: string): ChatEvent => ({ type: 'text', chatId, messageId, text: value })
const stage: ChatEvent = { type: 'stage', chatId, messageId: two, stage: 'reading', place: null, machineName: null }

describe('answers to the page', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('lets the first token pass at once and joins the rest of the frame', () => {
    const send = vi.fn()
    const batch = new FrameBatch(send)
    for (const part of ['a', 'b', 'c']) batch.add(text(one, part))
    expect(send.mock.calls).toEqual([[[text(one, 'a')]]])
    vi.advanceTimersByTime(frameMs)
    expect(send.mock.calls[1]).toEqual([[text(one, 'bc')]])
  })

  it('keeps the order of different messages and stages', () => {
    const send = vi.fn()
    const batch = new FrameBatch(send)
    batch.add(stage)
    for (const event of [text(one, 'a'), text(two, 'b'), stage, text(two, 'c'), text(two, 'd')]) batch.add(event)
    vi.advanceTimersByTime(frameMs)
    expect(send.mock.calls[1]).toEqual([[text(one, 'a'), text(two, 'b'), stage, text(two, 'cd')]])
  })

  it('sends nothing once closed', () => {
    const send = vi.fn()
    const batch = new FrameBatch(send)
    batch.add(text(one, 'a'))
    batch.add(text(one, 'b'))
    batch.close()
    vi.advanceTimersByTime(10 * frameMs)
    expect(send).toHaveBeenCalledTimes(1)
  })
})
