import { delay } from '../../base/deadline.ts'
import { healthy, type Health } from '../../base/facility.ts'
import type { KithError } from '../../contract/errors.ts'
import { ok, type Result } from '../../contract/result.ts'
import type { Model } from '../../contract/state.ts'
import type { GenerationPart, ChatRequest, Engine } from '../engine.ts'

export interface Pace {
  readonly model?: string
  readonly slots?: number
  readonly firstTokenMs?: number
  /** 0 hands out tokens as fast as they are taken. */
  readonly tokenMs?: number
  readonly tokens?: number
  /** Text of the token with this number. */
  readonly textOf?: (index: number) => string
  /** Sends nothing more from this token on, until the request is stopped. */
  readonly stallAt?: number
  readonly failAt?: { readonly token: number; readonly error: KithError }
}

/** An engine that computes nothing but keeps a set pace: for benchmarks and tests of everything above engines. */
export class PacedEngine implements Engine {
  readonly name = 'server'
  readonly label = 'The paced engine'
  readonly slots: number
  readonly model: string
  readonly #pace: Pace
  /** Generations running now, and the highest number of them so far. */
  active = 0
  mostActive = 0
  /** Requests whose signal fired while they ran. */
  stopped = 0
  readonly requests: ChatRequest[] = []

  constructor(pace: Pace = {}) {
    this.#pace = pace
    this.model = pace.model ?? 'paced'
    this.slots = pace.slots ?? 4
  }

  listModels(): Promise<Result<readonly Model[]>> {
    const { model } = this
    return Promise.resolve(
      ok([{ name: model, engine: 'server', digest: '', sizeBytes: 0, contextTokens: 4096, isLoaded: true }]),
    )
  }

  async *chat(request: ChatRequest): AsyncGenerator<GenerationPart> {
    this.requests.push(request)
    this.active += 1
    this.mostActive = Math.max(this.mostActive, this.active)
    try {
      yield* this.#answer(request)
    } finally {
      this.active -= 1
    }
  }

  async *#answer(request: ChatRequest): AsyncGenerator<GenerationPart> {
    const {
      firstTokenMs = 0,
      tokenMs = 0,
      tokens = 16,
      textOf = (index) => `word${index} `,
      stallAt,
      failAt,
    } = this.#pace
    const { signal } = request
    const promptTokens = request.turns.reduce((sum, turn) => sum + turn.text.split(/\s+/).length, 0)
    const made = Math.min(tokens, request.maxTokens ?? tokens)
    const stopped = (completionTokens: number): GenerationPart => {
      this.stopped += 1
      return { type: 'end', reason: 'stopped', usage: { promptTokens, completionTokens } }
    }
    yield { type: 'reading' }
    for (let index = 0; index < made; index += 1) {
      if (failAt?.token === index) {
        yield { type: 'failed', error: failAt.error, usage: { promptTokens, completionTokens: index } }
        return
      }
      const waitMs = index === stallAt ? 2 ** 31 - 1 : index === 0 ? firstTokenMs : tokenMs
      const isOnTime = waitMs === 0 ? !signal.aborted : await delay(waitMs, signal)
      if (!isOnTime) {
        yield stopped(index)
        return
      }
      yield { type: 'text', text: textOf(index), tokens: 1 }
    }
    const reason = made < tokens ? 'length' : 'stop'
    yield { type: 'end', reason, usage: { promptTokens, completionTokens: made } }
  }

  look(): Promise<null> {
    return Promise.resolve(null)
  }

  unload(): Promise<Result<void>> {
    return Promise.resolve(ok())
  }

  health(): Health {
    return healthy
  }
}
