import { AsyncQueue } from '../../base/async-queue.ts'
import type { SpawnChild } from '../../base/child.ts'
import type { Health } from '../../base/facility.ts'
import { healthy } from '../../base/facility.ts'
import type { Log } from '../../base/log.ts'
import type { KithError } from '../../contract/errors.ts'
import { kithError } from '../../contract/errors.ts'
import { ok, fail, type Result } from '../../contract/result.ts'
import type { Model } from '../../contract/state.ts'
import type { GenerationPart, ChatRequest, Engine, EngineSign, Sampling, TokenUsage } from '../engine.ts'
import { EngineSlot } from './engine-slot.ts'
import { LlamaKeeper, type EmbeddedState, type LlamaSettings } from './llama-keeper.ts'
import type { AskMessage, FromLlama, LlamaPrompt } from './llama-messages.ts'
import type { FromProcess } from './llama-process.ts'
import { LlamaProcess } from './llama-process.ts'
import type { MachineMemory } from '../models/memory-fit.ts'
import { isContinuation, plainTemplate, renderPrompt } from './prompt-template.ts'
import { StopFilter } from './stop-filter.ts'
import type { StoredModel } from '../models/stored-model.ts'

/** For models without a default temperature. */
const defaultTemperature = 0.7
/** A generation that has not stopped after this is ended with its process. */
const stopDeadlineMs = 500
const nothingUsed: TokenUsage = { promptTokens: 0, completionTokens: 0 }

export interface LlamaEngineOptions {
  readonly spawnChild: SpawnChild
  readonly modulePath: string
  readonly log: Log
  readonly memory: MachineMemory
  readonly settings: LlamaSettings
  readonly models: () => readonly StoredModel[]
  readonly onChange: () => void
  readonly onNotice: (error: KithError) => void
}

/** A request that the child is working on. */
interface Asked {
  readonly stop: () => void
  /** Resolves when the child has finished with it. */
  readonly ended: Promise<void>
}

/** llama.cpp in a child process: for people without Ollama. */
export class LlamaEngine implements Engine {
  readonly name = 'embedded'
  readonly label = 'The built-in engine'
  readonly slots = 1
  readonly #options: LlamaEngineOptions
  readonly #process: LlamaProcess
  readonly #keeper: LlamaKeeper
  readonly #slot = new EngineSlot()
  /** The model that generates now. */
  #inUse: string | null = null

  constructor(options: LlamaEngineOptions) {
    this.#options = options
    const { spawnChild, modulePath, log } = options
    const onCrash = (): void => {
      this.#keeper.forget()
      options.onNotice(kithError('engine_crashed'))
    }
    this.#process = new LlamaProcess({ spawnChild, modulePath, log, onCrash })
    this.#keeper = new LlamaKeeper({ ...options, process: this.#process })
  }

  get state(): { state: EmbeddedState; error: KithError | null } {
    return { state: this.#keeper.state, error: this.#keeper.error }
  }

  listModels(): Promise<Result<readonly Model[]>> {
    return Promise.resolve(ok(this.#options.models().map((model) => this.#toModel(model))))
  }

  #toModel(model: StoredModel): Model {
    const { name, sha256, sizeBytes, contextTokens } = model
    const limit = this.#options.settings.maxContextTokens
    return {
      name,
      engine: 'embedded',
      digest: sha256,
      sizeBytes,
      contextTokens: contextTokens === null ? null : Math.min(contextTokens, limit),
      isLoaded: this.#keeper.holds(name),
    }
  }

  async *chat(request: ChatRequest): AsyncGenerator<GenerationPart> {
    const model = this.#options.models().find((candidate) => candidate.name === request.model)
    if (!model) {
      yield { type: 'failed', error: kithError('model_unknown', { model: request.model }), usage: null }
      return
    }
    const release = await this.#slot.take(request.signal)
    if (!release) {
      yield { type: 'end', reason: 'stopped', usage: nothingUsed }
      return
    }
    this.#inUse = model.name
    try {
      yield* this.#generate(model, request)
    } finally {
      this.#inUse = null
      release()
    }
  }

  async *#generate(model: StoredModel, request: ChatRequest): AsyncGenerator<GenerationPart> {
    if (!this.#keeper.holds(model.name)) {
      yield { type: 'loading' }
      const loaded = await this.#keeper.load(model, request.signal)
      if (!loaded.ok) {
        if (request.signal.aborted) yield { type: 'end', reason: 'stopped', usage: nothingUsed }
        else yield { type: 'failed', error: loaded.error, usage: null }
        return
      }
    }
    yield { type: 'reading' }
    // The request's own token limit bounds this queue.
    const queue = new AsyncQueue<GenerationPart>({ isLast: ({ type }) => type === 'end' || type === 'failed' })
    const asked = this.#ask(model, request, queue)
    try {
      yield* queue
    } finally {
      // A reader that leaves early counts as a stop; the slot is free only when the engine is.
      asked.stop()
      await asked.ended
    }
  }

  #ask(model: StoredModel, request: ChatRequest, queue: AsyncQueue<GenerationPart>): Asked {
    const id = this.#process.nextId()
    let madeTokens = 0
    let stopTimer: NodeJS.Timeout | undefined
    let hasEnded = false
    const { promise: ended, resolve } = withResolvers()
    const stop = (): void => {
      if (hasEnded || stopTimer) return
      stopTimer = setTimeout(() => this.#process.kill(), stopDeadlineMs)
      this.#process.send({ type: 'stop', id })
    }
    const end = (part: GenerationPart): void => {
      hasEnded = true
      clearTimeout(stopTimer)
      request.signal.removeEventListener('abort', stop)
      unlisten()
      queue.push(part)
      resolve()
    }
    const filter = new StopFilter(request.sampling?.stop ?? [])
    let heldTokens = 0
    const say = (text: string, tokens: number): void => {
      heldTokens += tokens
      if (text === '') return
      queue.push({ type: 'text', text, tokens: heldTokens })
      heldTokens = 0
    }
    const unlisten = this.#process.listen(id, (message: FromProcess) => {
      if (message.type === 'text') {
        madeTokens += message.tokens
        say(filter.push(message.text), message.tokens)
        if (filter.isOver) stop()
      } else if (message.type === 'reading') {
        queue.push({ type: 'reading' })
      } else if (message.type === 'end') {
        this.#process.proveSound()
        const { promptTokens, completionTokens } = message
        say(filter.rest(), 0)
        // We have stopped it ourselves, before the text that was to end it.
        const reason = filter.isOver && !request.signal.aborted ? 'stop' : message.reason
        end({ type: 'end', reason, usage: { promptTokens, completionTokens } })
      } else if (message.type === 'failed') {
        end({ type: 'failed', error: toError(message), usage: null })
      } else if (message.type === 'crashed') {
        const usage = { promptTokens: 0, completionTokens: madeTokens }
        if (!stopTimer) return end({ type: 'failed', error: kithError('engine_crashed'), usage })
        // We ended it ourselves, because it did not stop in time.
        this.#keeper.forget()
        end({ type: 'end', reason: 'stopped', usage })
      }
    })
    request.signal.addEventListener('abort', stop, { once: true })
    this.#process.send({
      type: 'ask',
      id,
      prompt: toPrompt(model, request),
      maxTokens: request.maxTokens,
      temperature: request.temperature ?? model.template?.temperature ?? defaultTemperature,
      sampling: samplersOf(request.sampling),
      trimsStart: !isContinuation(request.turns),
    })
    if (!this.#process.isRunning) end({ type: 'failed', error: kithError('engine_crashed'), usage: null })
    else if (request.signal.aborted) stop()
    return { stop, ended }
  }

  /** What it does with the prompt it says by itself. */
  look(): Promise<EngineSign | null> {
    return Promise.resolve(this.#keeper.state === 'loading' ? 'loading' : null)
  }

  async unload(model: string): Promise<Result<void>> {
    if (this.#inUse === model) return fail('model_in_use', { model })
    if (this.#keeper.holds(model)) await this.#keeper.unload()
    return ok()
  }

  /** Ends the child; generations in progress end with it. */
  stop(): void {
    this.#process.stop()
  }

  health(): Health {
    const { error } = this.#keeper
    return error ? { state: 'degraded', reason: error.message } : healthy
  }
}

function toPrompt(model: StoredModel, request: ChatRequest): LlamaPrompt {
  if (model.template === null && model.hasChatTemplate) return { kind: 'turns', turns: [...request.turns] }
  const template = model.template ?? plainTemplate
  return { kind: 'text', text: renderPrompt(template, request.turns), stops: [...template.stops] }
}

/** The texts that end an answer are looked for here. */
function samplersOf({ topP, seed, presencePenalty, frequencyPenalty }: Sampling = {}): AskMessage['sampling'] {
  return { topP, seed, presencePenalty, frequencyPenalty }
}

function toError({ problem, reason, limitTokens, promptTokens }: Extract<FromLlama, { type: 'failed' }>): KithError {
  if (problem === 'context_too_long') return kithError('context_too_long', { limit: limitTokens, tokens: promptTokens })
  return kithError('engine_failed', { engine: 'The built-in engine', reason })
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
