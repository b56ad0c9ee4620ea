import { delay } from '../../../node/base/deadline.ts'
import type { ChatEvent } from '../../../node/contract/contract.ts'
import type { ChatId, PoolId } from '../../../node/contract/ids.ts'
import type { TestPeer } from '../../../node/peer/testing/test-peer.ts'
import type { Readings } from './orders.ts'
import { Silence } from './silence.ts'

/** Pause after a refusal, so that a refused reader does not ask in a tight loop. */
const retryMs = 200
/** How often it is seen whether this process comes round. */
const awakeMs = 20

export interface Reading {
  readonly poolId: PoolId
  readonly model: string
  readonly question: string
}

/** Reads one generation after the other from the pool and keeps the time between texts. */
export class SteadyReader {
  readonly #stopping = new AbortController()
  readonly #unlisten: () => void
  #done: Promise<void> = Promise.resolve()
  #chatId: ChatId | null = null
  readonly #silence = new Silence()
  readonly #timer: NodeJS.Timeout
  #words = 0
  #failures: string[] = []
  #onEvent: (event: ChatEvent) => void = () => undefined

  constructor(private readonly peer: TestPeer) {
    this.#unlisten = peer.peer.listen('chat', (event) => this.#onEvent(event))
    this.#timer = setInterval(() => this.#silence.awake(performance.now()), awakeMs)
  }

  /** Resolves with the first text. */
  async start(reading: Reading): Promise<void> {
    const begun = new Promise<void>((resolve) => {
      this.#done = this.#readOn(reading, resolve)
    })
    await begun
  }

  /** What was seen since the last look. */
  look(): Readings {
    const readings = { ...this.#silence.look(performance.now()), failures: this.#failures, words: this.#words }
    this.#failures = []
    this.#words = 0
    return readings
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    if (this.#chatId) await this.peer.peer.call('chat.stop', { chatId: this.#chatId })
    await this.#done
    this.#unlisten()
    clearInterval(this.#timer)
  }

  async #readOn(reading: Reading, onFirstText: () => void): Promise<void> {
    while (!this.#isStopping()) {
      const failure = await this.#readOne(reading, onFirstText)
      if (this.#isStopping() || failure === null) continue
      this.#failures.push(failure)
      await delay(retryMs, this.#stopping.signal)
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  /** Null when the generation was complete; otherwise why it was not. */
  async #readOne({ poolId, model, question }: Reading, onText: () => void): Promise<string | null> {
    const early: ChatEvent[] = []
    this.#onEvent = (event) => early.push(event)
    const asked = await this.peer.peer.call('chat.ask', { chatId: null, text: question, model, poolId, temperature: 0 })
    if (!asked.ok) return asked.error.code
    const { chat, answer } = asked.value
    this.#chatId = chat.chatId
    const failure = await new Promise<string | null>((resolve) => {
      this.#onEvent = (event) => {
        if (event.chatId !== chat.chatId) return
        if (event.type === 'text') {
          this.#noteText()
          onText()
        } else if (event.type === 'end' && event.message.messageId === answer.messageId) {
          const { state, error } = event.message.answer ?? {}
          resolve(state === 'complete' ? null : (error?.code ?? state ?? 'no answer'))
        }
      }
      for (const event of early) this.#onEvent(event)
    })
    this.#chatId = null
    // Chats that pile up would cost memory that no attack has taken.
    await this.peer.peer.call('chat.remove', { chatId: chat.chatId })
    return failure
  }

  #noteText(): void {
    this.#silence.text(performance.now())
    this.#words += 1
  }
}
