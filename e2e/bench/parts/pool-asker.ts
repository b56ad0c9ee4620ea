import type { ChatEvent } from '../../../node/contract/contract.ts'
import type { MessageId, PoolId } from '../../../node/contract/ids.ts'
import type { Message } from '../../../node/contract/state.ts'
import { valueOf, type TestPeer } from '../../../node/peer/testing/test-peer.ts'
import { questionFor, type Pace } from './pace.ts'
import { AnswerTimer, type TimedGeneration } from './timed-answer.ts'

interface Asked {
  readonly timer: AnswerTimer
  ended: Message | null
  onEnd: () => void
}

/**
 * Sends requests through the peer as its window does; a machine of the pool generates.
 *
 * The stage "finding" comes in the tick in which the gateway gets the request, so the events show
 * both what the two peers add and what the window adds before them.
 */
export class PoolAsker {
  readonly #asked = new Map<MessageId, Asked>()
  /** When the newest call was made. Only one call at a time waits for its answer to begin. */
  #calledMs = 0
  readonly #unlisten: () => void

  constructor(
    private readonly peer: TestPeer,
    private readonly poolId: PoolId,
  ) {
    this.#unlisten = peer.peer.listen('chat', (event) => this.#follow(event))
  }

  async ask(model: string, pace: Pace): Promise<TimedGeneration> {
    const question = { chatId: null, text: questionFor(pace), model, poolId: this.poolId }
    this.#calledMs = performance.now()
    const { chat, answer } = valueOf(
      await this.peer.peer.call('chat.ask', { ...question, maxTokens: 8_192, temperature: 0 }),
    )
    const asked = this.#asked.get(answer.messageId)
    if (!asked) throw new Error('The answer came without events')
    if (!asked.ended) await new Promise<void>((resolve) => (asked.onEnd = resolve))
    this.#asked.delete(answer.messageId)
    const { state, error, isOwnMachine } = asked.ended?.answer ?? {}
    if (state !== 'complete') throw new Error(error?.message ?? 'The answer is not complete')
    if (isOwnMachine) throw new Error('The asking computer answered itself')
    // Chats that pile up would slow this side down, which does not happen to a person.
    valueOf(await this.peer.peer.call('chat.remove', { chatId: chat.chatId }))
    return asked.timer.result(pace)
  }

  close(): void {
    this.#unlisten()
  }

  #follow(event: ChatEvent): void {
    if (event.type === 'end') {
      const asked = this.#asked.get(event.message.messageId)
      if (!asked) return
      asked.ended = event.message
      asked.onEnd()
      return
    }
    const asked = this.#asked.get(event.messageId)
    if (event.type === 'text') asked?.timer.text(event.text)
    else if (!asked) {
      const timer = new AnswerTimer(performance.now(), this.#calledMs)
      this.#asked.set(event.messageId, { timer, ended: null, onEnd: () => undefined })
    }
  }
}
