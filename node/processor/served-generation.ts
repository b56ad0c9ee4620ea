import type { Caller } from '../access/standing.ts'
import { kithError, type KithError } from '../contract/errors.ts'
import type { DeviceId } from '../contract/ids.ts'
import type { Engine } from '../engines/engine.ts'
import type { PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import { callerLost } from '../protocol/generations/generation-server.ts'
import { textBytesOf } from '../protocol/generations/prompt-estimates.ts'
import { PartQueue } from '../protocol/generations/part-queue.ts'
import type { TokenCounter } from '../protocol/generations/token-counter.ts'
import { FirstTokenWatch, type Patience } from './first-token-watch.ts'
import type { PrefillRates } from './prefill-rates.ts'
import type { GenerationReceipt } from './receipts.ts'
import type { Scheduler, Ticket } from './scheduler.ts'

/** How much text an engine may be ahead of a slow reader, in UTF-16 units. */
const aheadUnits = 256 * 1024
/** How long an engine that was told to stop may take to say what it has made. */
const stopGraceMs = 2_000
/** No count: the counter has its own. */
const unsaid = { promptTokens: 0, completionTokens: 0 }

export interface ServedGenerationOptions {
  readonly request: PromptRequest
  /** Null for the owner's own requests. */
  readonly caller: Caller | null
  /** Whether it is for somebody else, so that the owner's own requests come first. */
  readonly isForOther: boolean
  /** Has the model. Its slots are the lane of the queue. */
  readonly engine: Pick<Engine, 'slots' | 'chat' | 'look'>
  readonly scheduler: Scheduler
  readonly selfDeviceId: DeviceId
  readonly machineName: string
  /** Counts what the engine makes, and what passes for it. */
  readonly tokens: TokenCounter
  /** What the prompt probably comes to, and what decides how long it may take. */
  readonly promptTokens: number
  readonly rates: PrefillRates
  readonly patience: Patience
  /** Null where none is kept. */
  readonly receipt: GenerationReceipt | null
  readonly onComplete: () => void
  readonly onEngineFault: (cause: unknown) => KithError
  /** Adds to a failure of the engine what the engine has not said. */
  readonly explain: (error: KithError) => KithError
  /** The engine said that it could not answer. */
  readonly onFailed: (error: KithError) => void
}

/** One generation on this computer: waits for a slot, drives the engine, and can be ended from outside. */
export class ServedGeneration {
  readonly #abort = new AbortController()
  readonly #parts = new PartQueue({ onLeave: () => this.#abort.abort() })
  #ticket: Ticket | null = null
  #stopTimer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(private readonly options: ServedGenerationOptions) {}

  get caller(): Caller | null {
    return this.options.caller
  }

  /** Whether it has no slot of the engine yet. */
  get isWaiting(): boolean {
    return this.#ticket?.place !== 0
  }

  get isForOther(): boolean {
    return this.options.isForOther
  }

  get request(): PromptRequest {
    return this.options.request
  }

  /** The parts of the generation; starts it. Ends soon after the signal fires. */
  async *parts(signal: AbortSignal, maxTokens = this.request.maxTokens): AsyncGenerator<ServedPart, void, undefined> {
    const { receipt, tokens } = this.options
    const most = Math.min(maxTokens, this.request.maxTokens)
    tokens.limit(most)
    const stop = (): void => {
      if (signal.reason === callerLost) receipt?.lost()
      this.#stop()
    }
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const work = this.#work(most)
    try {
      yield* this.#parts
    } finally {
      signal.removeEventListener('abort', stop)
      this.#abort.abort()
      if (this.#ticket?.place !== 0) this.#ticket?.release()
    }
    // The slot is free only when the engine has finished, which must not delay the last part.
    void work
  }

  /** Ends it at once with a reason; the engine stops in the background. */
  end(error: KithError): void {
    this.#push({ type: 'failed', error, usage: null })
    this.#abort.abort()
  }

  /** The caller has left: the engine may say what it has made, but what was set aside does not wait for it for ever. */
  #stop(): void {
    this.options.tokens.leave()
    const end = (): void => this.#push({ type: 'end', reason: 'stopped', usage: unsaid })
    if (this.#ticket?.place !== 0) end()
    else this.#stopTimer ??= setTimeout(end, stopGraceMs)
    this.#abort.abort()
  }

  /** Never rejects. */
  async #work(maxTokens: number): Promise<void> {
    const { scheduler, engine, caller, request, isForOther, machineName } = this.options
    if (this.#parts.isEnded) return
    const account = isForOther ? (request.consumer ?? caller)?.accountId : null
    const bytes = textBytesOf(request.turns)
    const ticket = scheduler.enter({ lane: engine, account: account ?? 'own', isLocal: !isForOther, bytes })
    if (!ticket) {
      this.end(kithError('queue_full', { machine: machineName }))
      return
    }
    this.#ticket = ticket
    try {
      this.#accepted(ticket.place)
      ticket.onPlace((place) => this.#accepted(place))
      if (await ticket.granted) await this.#generate(maxTokens)
    } catch (cause) {
      this.end(this.options.onEngineFault(cause))
    } finally {
      clearTimeout(this.#stopTimer)
      this.options.receipt?.close()
      ticket.release()
    }
  }

  async #generate(maxTokens: number): Promise<void> {
    if (this.#parts.isEnded) return
    const watch = this.#watch()
    try {
      await this.#follow(watch, maxTokens)
    } finally {
      watch.stop()
    }
  }

  async #follow(watch: FirstTokenWatch, maxTokens: number): Promise<void> {
    const { request, engine, tokens, rates, onComplete, onFailed, explain } = this.options
    const { model, turns, temperature, sampling, mayShorten } = request
    // What a limit has set aside is no length that anybody has asked for: the model's own stands.
    const most = mayShorten ? null : maxTokens
    const asked = { model, turns, maxTokens: most, temperature, sampling, signal: this.#abort.signal }
    let readMs: number | null | undefined
    let hasEnded = false
    for await (const part of engine.chat(asked)) {
      if (part.type === 'loading' || part.type === 'reading') {
        watch.heard(part.type)
        continue
      }
      if (readMs === undefined) readMs = watch.stop()
      const told = part.type === 'failed' ? { ...part, error: explain(part.error) } : part
      this.#push(told)
      if (told.type === 'failed') onFailed(told.error)
      hasEnded ||= part.type === 'end' || part.type === 'failed'
      if (part.type === 'end' && part.reason !== 'stopped') {
        if (readMs !== null) rates.learn(model, part.usage.promptTokens, readMs)
        onComplete()
      }
      if (tokens.isSpent) {
        // Whatever the engine makes of its limit, an answer ends at what was set aside for it.
        this.#push({ type: 'end', reason: 'length', usage: unsaid })
        this.#abort.abort()
        onComplete()
        return
      }
      if (part.type === 'text') await this.#parts.room(aheadUnits)
    }
    if (!hasEnded) this.end(this.options.onEngineFault('the engine ended without saying so'))
  }

  #watch(): FirstTokenWatch {
    const { request, engine, promptTokens, rates, patience, machineName } = this.options
    return new FirstTokenWatch({
      ...{ engine, promptTokens, patience, machineName, model: request.model },
      tokensPerSecond: rates.of(request.model),
      onStage: (stage) => this.#push({ type: stage }),
      onExpire: (error) => this.end(error),
    })
  }

  #accepted(place: number): void {
    const { selfDeviceId, machineName } = this.options
    this.#push({ type: 'accepted', deviceId: selfDeviceId, machineName, place })
  }

  #push(part: ServedPart): void {
    if (this.#isOver) return
    const { tokens, receipt } = this.options
    const kept = tokens.follow(part)
    if (!kept) return
    this.#isOver = kept.type === 'end' || kept.type === 'failed'
    const told = kept.type === 'end' || kept.type === 'failed' ? tokens.settled(kept) : kept
    for (const one of receipt?.follow(told) ?? [told]) this.#parts.push(one)
  }
}
