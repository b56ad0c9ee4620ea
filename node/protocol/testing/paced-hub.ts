import type { Model } from '../../contract/state.ts'
import type { GenerationPart, ChatRequest, Engine, EngineSign } from '../../engines/engine.ts'
import { delay, whenAborted } from '../../base/deadline.ts'
import { healthy } from '../../base/facility.ts'
import { Listeners } from '../../base/listeners.ts'
import { ok } from '../../contract/result.ts'

export interface Pace {
  readonly tokens: number
  readonly tokenMs: number
  /** Before the first part, in the stage "reading". */
  readonly firstTokenMs?: number
  /** Before that, in the stage "loading". */
  readonly loadMs?: number
  /** Tokens that are thought before the first text, at the same pace. */
  readonly thoughts?: number
  /** What the engine says when it is looked at; nothing unless given. */
  readonly look?: EngineSign
  /** Stands still for ever after this many tokens. */
  readonly stallAfter?: number
  readonly slots?: number
}

/** What the paced engine says, token by token. */
export function pacedToken(index: number): string {
  return index % 7 === 3 ? '😀 ' : `token${index} `
}

export function pacedText(tokens: number): string {
  return Array.from({ length: tokens }, (_, index) => pacedToken(index)).join('')
}

export const pacedModel: Model = {
  name: 'paced',
  engine: 'server',
  digest: '',
  sizeBytes: 1,
  contextTokens: 200_000,
  isLoaded: true,
}

/** An engine hub with one model that generates at a set pace; it counts what runs. */
export class PacedHub {
  pace: Pace
  active = 0
  readonly prompts: string[] = []
  readonly requests: ChatRequest[] = []
  #listeners = new Listeners()
  #idleWaiters: (() => void)[] = []
  readonly #engine: Engine

  constructor(pace: Pace) {
    this.pace = pace
    this.#engine = {
      name: 'server',
      label: 'Paced',
      slots: pace.slots ?? 1,
      listModels: () => Promise.resolve(ok([pacedModel])),
      chat: (request) => this.chat(request),
      look: () => Promise.resolve(this.pace.look ?? null),
      unload: () => Promise.resolve(ok()),
      health: () => healthy,
    }
  }

  models(): readonly Model[] {
    return [pacedModel]
  }

  engineFor(model: string): Engine | null {
    return model === pacedModel.name ? this.#engine : null
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    return this.active === 0 ? Promise.resolve() : new Promise((resolve) => this.#idleWaiters.push(resolve))
  }

  /** Waits for the next token's time. Whether it may come. */
  async #nextTick(index: number, signal: AbortSignal): Promise<boolean> {
    if (index === this.pace.stallAfter) await whenAborted(signal)
    else if (this.pace.tokenMs > 0) await delay(this.pace.tokenMs, signal)
    return !signal.aborted
  }

  async *chat(request: ChatRequest): AsyncGenerator<GenerationPart, void, undefined> {
    const { pace } = this
    const { signal } = request
    this.active += 1
    this.requests.push(request)
    this.prompts.push(request.turns.at(-1)?.text ?? '')
    let completionTokens = 0
    try {
      if (pace.loadMs) {
        yield { type: 'loading' }
        await delay(pace.loadMs, signal)
      }
      yield { type: 'reading' }
      if (pace.firstTokenMs) await delay(pace.firstTokenMs, signal)
      for (let thought = 0; thought < (pace.thoughts ?? 0) && !signal.aborted; thought++) {
        await delay(pace.tokenMs, signal)
        yield { type: 'reasoning', tokens: 1 }
      }
      const limit = Math.min(pace.tokens, request.maxTokens ?? pace.tokens)
      let isStopped = false
      while (completionTokens < limit) {
        isStopped = !(await this.#nextTick(completionTokens, signal))
        if (isStopped) break
        yield { type: 'text', text: pacedToken(completionTokens), tokens: 1 }
        completionTokens += 1
      }
      const reason = isStopped ? 'stopped' : 'stop'
      yield { type: 'end', reason, usage: { promptTokens: 3, completionTokens } }
    } finally {
      this.active -= 1
      if (this.active === 0) for (const wake of this.#idleWaiters.splice(0)) wake()
    }
  }
}
