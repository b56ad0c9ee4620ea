import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ChatEvent } from '../../node/contract/contract.ts'
import { fakeIds } from '../testing/fake-peer/fake-ids.ts'
import { readAnswers } from './answers.ts'

describe('reading answers from the port', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('delivers whole batches and leaves out what does not fit the contract', async () => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined)
    const { port1, port2 } = new MessageChannel()
    const event: ChatEvent = { type: 'text', chatId: fakeIds.chat(), messageId: fakeIds.message(), text: 'Hello' }
    const delivered = await new Promise<readonly ChatEvent[]>((resolve) => {
      readAnswers(port2, resolve)
      port1.postMessage('garbage')
      port1.postMessage([{ type: 'text', text: 'no ids' }])
      port1.postMessage([event, event])
    })
    expect(delivered).toEqual([event, event])
    port2.close()
    port1.close()
  })
})
