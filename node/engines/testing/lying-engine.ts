import { delay } from '../../base/deadline.ts'
import { healthy, type Health } from '../../base/facility.ts'
import { kithError } from '../../contract/errors.ts'
import { ok, type Result } from '../../contract/result.ts'
import type { Model } from '../../contract/state.ts'
import type { ChatRequest, ChatTurn, Engine, GenerationPart, TokenUsage } from '../engine.ts'

/** How an engine behaves; absent is honest. */
export interface EngineBehaviour {
  /** Tokens it would make. */
  readonly tokens?: number
  /** The text of one token. */
  readonly tokenText?: string
  /** Goes on after the most tokens it may make. */
  readonly ignoresLimit?: boolean
  /** What it says at its end in place of the truth. */
  readonly says?: (truth: TokenUsage) => TokenUsage
  /** What it says when it was stopped; absent knows nothing of its prompt, as Ollama. */
  readonly saysWhenStopped?: (truth: TokenUsage) => TokenUsage
  /** Tokens that it thinks without showing them, each said by a part without text. */
  readonly thinks?: number
  /** Fails after this many tokens of text. */
  readonly failsAfter?: number
  /** Loads its model first, for this long. */
  readonly loadMs?: number
  /** Between tokens; 0 hands them out as fast as they are taken. */
  readonly tokenMs?: number
  /** Tokens that its template adds to a prompt. */
  readonly templateTokens?: number
}

/**
 * The true count: a run of small letters is a token for every four, everything else one for each byte. So words are
 * sparse and signs are dense, as with real tokenizers.
 */
export function trueTokens(text: string): number {
  let tokens = 0
  for (const [run] of text.matchAll(/[a-z ]+|[^a-z ]+/g)) {
    tokens += /^[a-z ]/.test(run) ? Math.ceil(run.length / 4) : Buffer.byteLength(run)
  }
  return tokens
}

/** An engine that lies as told, and counts in secret what it really did. */
export class LyingEngine implements Engine {
  readonly name = 'server'
  readonly label = 'The lying engine'
  readonly slots: number
  readonly model = 'paced'
  behaviour: EngineBehaviour
  /** Tokens really read and made, but for requests that it failed by itself before their first token. */
  trueTokens = 0
  /** Requests it was given. */
  begun = 0
  /** Those of them whose prompt it has read, but for those that it failed by itself before their first token. */
  worked = 0
  active = 0

  constructor(behaviour: EngineBehaviour = {}, slots = 64) {
    this.behaviour = behaviour
    this.slots = slots
  }

  models(): readonly Model[] {
    const { model: name } = this
    return [{ name, engine: 'server', digest: '', sizeBytes: 0, contextTokens: null, isLoaded: true }]
  }

  listModels(): Promise<Result<readonly Model[]>> {
    return Promise.resolve(ok(this.models()))
  }

  engineFor(model: string): Engine | null {
    return model === this.model ? this : null
  }

  onChange(): () => void {
    return () => undefined
  }

  promptTokens(turns: readonly ChatTurn[]): number {
    const { templateTokens = 4 } = this.behaviour
    return turns.reduce((sum, { text }) => sum + trueTokens(text), templateTokens)
  }

  async *chat({ turns, maxTokens, signal }: ChatRequest): AsyncGenerator<GenerationPart, void, undefined> {
    const behaviour = { ...this.behaviour }
    const { tokens = 16, tokenText = ' tea', ignoresLimit = false, thinks = 0, loadMs = 0, tokenMs = 0 } = behaviour
    const prompt = this.promptTokens(turns)
    const ofToken = trueTokens(tokenText)
    let made = 0
    this.begun += 1
    this.active += 1
    const usage = (): TokenUsage => ({ promptTokens: prompt, completionTokens: made })
    try {
      if (loadMs > 0) {
        yield { type: 'loading' }
        if (!(await delay(loadMs, signal))) return yield this.#stopped(usage())
      }
      yield { type: 'reading' }
      this.trueTokens += prompt
      this.worked += 1
      const most =
        ignoresLimit || maxTokens === null
          ? thinks + tokens
          : Math.min(thinks + tokens, Math.floor(maxTokens / ofToken))
      for (let index = 0; index < most; index++) {
        if (index - thinks === behaviour.failsAfter) {
          if (index === thinks) {
            this.trueTokens -= prompt + thinks
            this.worked -= 1
          }
          yield {
            type: 'failed',
            error: kithError('engine_failed', { engine: this.label, reason: 'on purpose' }),
            usage: null,
          }
          return
        }
        // It gives others their turn, as an engine behind a socket does.
        if (!(await pause(tokenMs, signal))) return yield this.#stopped(usage())
        made += index < thinks ? 1 : ofToken
        this.trueTokens += index < thinks ? 1 : ofToken
        if (index < thinks) yield { type: 'reasoning', tokens: 1 }
        else yield { type: 'text', text: tokenText, tokens: ofToken }
      }
      const reason = most < thinks + tokens ? 'length' : 'stop'
      yield { type: 'end', reason, usage: behaviour.says?.(usage()) ?? usage() }
    } finally {
      this.active -= 1
    }
  }

  #stopped(truth: TokenUsage): GenerationPart {
    const { saysWhenStopped = promptUnknown } = this.behaviour
    return { type: 'end', reason: 'stopped', usage: saysWhenStopped(truth) }
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

async function pause(pauseMs: number, signal: AbortSignal): Promise<boolean> {
  if (pauseMs > 0) return delay(pauseMs, signal)
  await new Promise((resolve) => setImmediate(resolve))
  return !signal.aborted
}

function promptUnknown({ completionTokens }: TokenUsage): TokenUsage {
  return { promptTokens: 0, completionTokens }
}
