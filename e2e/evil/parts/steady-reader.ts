import { delay } from '../../../node/base/deadline.ts'
import type { ChatEvent } from '../../../node/contract/contract.ts'
import type { ChatId, PoolId } from '../../../node/contract/ids.ts'
import type { TestPeer } from '../../../node/peer/testing/test-peer.ts'
import type { Readings } from './orders.ts'

/** Pause after a refusal, so that a refused reader does not ask in a tight loop. */
const retryMs = 200

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
  /** Null before the first text: connecting is no gap. */
  #lastTextMs: number | null = null
  #gapMaxMs = 0
  #words = 0
  #failures: string[] = []
  #onEvent: (event: ChatEvent) => void = () => undefined

  constructor(private readonly peer: TestPeer) {
    this.#unlisten = peer.peer.listen('chat', (event) => this.#onEvent(event))
  }

  /** Resolves with the first text. */
  async start(reading: Reading): Promise<void> {
    const begun = new Promise<void>((resolve) => {
      this.#done = this.#readOn(reading, resolve)
    })
    await begun
  }

  /** What was seen since the last look; a gap that goes on counts with its length so far. */
  look(): Readings {
    const nowMs = performance.now()
    const gapMaxMs = Math.max(this.#gapMaxMs, nowMs - (this.#lastTextMs ?? nowMs))
    const readings = { gapMaxMs, failures: this.#failures, words: this.#words }
    this.#gapMaxMs = 0
    this.#failures = []
    this.#words = 0
    this.#lastTextMs = this.#lastTextMs === null ? null : nowMs
    return readings
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    if (this.#chatId) await this.peer.peer.call('chat.stop', { chatId: this.#chatId })
    await this.#done
    this.#unlisten()
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
    const nowMs = performance.now()
    this.#gapMaxMs = Math.max(this.#gapMaxMs, nowMs - (this.#lastTextMs ?? nowMs))
    this.#lastTextMs = nowMs
    this.#words += 1
  }
}
