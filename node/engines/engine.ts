import type { KithError } from '../contract/errors.ts'
import type { EngineName, Model } from '../contract/state.ts'
import type { Result } from '../contract/result.ts'
import type { Health } from '../base/facility.ts'

export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly text: string
}

/** How tokens are chosen, and what ends the text. What is absent is left to the model. */
export interface Sampling {
  readonly topP?: number | undefined
  readonly seed?: number | undefined
  readonly presencePenalty?: number | undefined
  readonly frequencyPenalty?: number | undefined
  /** The text ends before any of these. */
  readonly stop?: readonly string[] | undefined
}

export interface ChatRequest {
  readonly model: string
  readonly turns: readonly ChatTurn[]
  /** Most tokens to generate; null leaves it to the model. */
  readonly maxTokens: number | null
  /** 0 makes it repeatable; without one the model's default applies. */
  readonly temperature?: number | undefined
  readonly sampling?: Sampling | undefined
  /** Aborting frees the engine within a second. */
  readonly signal: AbortSignal
}

/** Counted by the engine, never derived from text length. */
export interface TokenUsage {
  readonly promptTokens: number
  readonly completionTokens: number
}

/**
 * What an engine yields while it generates. The last part is always `end` or `failed`;
 * nothing is thrown for an expected failure. `stopped` means that the request's signal fired.
 */
export type GenerationPart =
  /** The model is being loaded, or the prompt read. May come again, where the engine says that it goes on. */
  | { readonly type: 'loading' }
  | { readonly type: 'reading' }
  /** Tokens that the model thinks, which are not shown. */
  | { readonly type: 'reasoning'; readonly tokens: number }
  | { readonly type: 'text'; readonly text: string; readonly tokens: number }
  | { readonly type: 'end'; readonly reason: 'stop' | 'length' | 'stopped'; readonly usage: TokenUsage }
  | {
      readonly type: 'failed'
      readonly error: KithError
      readonly usage: TokenUsage | null
    }

/**
 * What an engine says when it is looked at while a request waits for its first token: it loads the model, or it answers,
 * which says little of the request.
 */
export type EngineSign = 'loading' | 'there'

/** Something that runs models: Ollama, the embedded llama.cpp, or a server that speaks the OpenAI API. */
export interface Engine {
  readonly name: EngineName
  /** What to call it in a sentence, for example "Ollama". */
  readonly label: string
  /** Requests it can compute at once, which may change; more wait in our queue, never in the engine's. */
  readonly slots: number
  /** Models on this computer that it can run. */
  listModels(signal: AbortSignal): Promise<Result<readonly Model[]>>
  chat(request: ChatRequest): AsyncIterable<GenerationPart>
  /** How it stands with a model; null where it says nothing. Never rejects. */
  look(model: string, signal: AbortSignal): Promise<EngineSign | null>
  /** Frees the memory of a model. */
  unload(model: string): Promise<Result<void>>
  health(): Health
}
