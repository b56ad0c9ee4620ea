import { randomBytes } from 'node:crypto'
import type { Caller, WhoIs } from '../access/standing.ts'
import { kithError, type KithError } from '../contract/errors.ts'
import type { AccountId, DeviceId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { delay } from '../base/deadline.ts'
import { healthy, type Facility, type Health } from '../base/facility.ts'
import { Listeners } from '../base/listeners.ts'
import type { Log } from '../base/log.ts'
import type { EngineHub } from '../engines/engine-hub.ts'
import { heardToTheEnd } from '../protocol/generations/heard-to-the-end.ts'
import type { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import { TokenCounter } from '../protocol/generations/token-counter.ts'
import type { PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import type { GenerationHandler, GenerationStart } from '../protocol/handlers.ts'
import type { LocalProcessor } from '../protocol/local-processor.ts'
import type { Capabilities } from '../protocol/machines.ts'
import { isForOtherAccount, refusalOf, type AdmissionFacts } from './admission.ts'
import { CapabilityFeed } from './capability-feed.ts'
import { usualPatience, type Patience } from './first-token-watch.ts'
import { fitToContext } from './fit-to-context.ts'
import { capabilitiesOf, loadOf } from './machine-load.ts'
import type { PlanLimits } from './plan-limits.ts'
import { PrefillRates } from './prefill-rates.ts'
import type { ProcessorReceipts } from './receipts.ts'
import { Scheduler, type SchedulerLimits } from './scheduler.ts'
import { ServedGeneration } from './served-generation.ts'
import { ServedCounter } from './served-counter.ts'
import { tooLong, withLength } from './too-long.ts'

export interface ProcessorOptions extends AdmissionFacts {
  readonly hub: Pick<EngineHub, 'models' | 'onChange' | 'engineFor'>
  readonly whoIs: WhoIs
  readonly selfDeviceId: () => DeviceId
  readonly receipts: Pick<ProcessorReceipts, 'begin'>
  readonly planLimits: PlanLimits
  readonly estimates: PromptEstimates
  /** An engine failed while it answered somebody else: its owner alone can help. */
  readonly onFailedFor: (error: KithError, accountId: AccountId) => void
  readonly log: Log
  readonly limits?: Partial<SchedulerLimits>
  readonly patience?: Partial<Patience>
}

/** How often a drain looks whether the last generation for others has ended. */
const drainCheckMs = 50

/** Runs models: admits, queues, drives the engines, and says what this machine can do. */
export class Processor implements Facility, GenerationHandler {
  readonly name = 'processor'
  readonly needs: readonly string[] = []
  readonly local: LocalProcessor
  readonly #scheduler: Scheduler
  readonly #feed: CapabilityFeed
  readonly #served = new ServedCounter()
  readonly #rates = new PrefillRates()
  readonly #running = new Set<ServedGeneration>()
  readonly #serving = new Listeners()
  #unsubscribe: () => void = () => undefined
  #isClosing = false

  constructor(private readonly options: ProcessorOptions) {
    this.#feed = new CapabilityFeed(() => this.#capabilities())
    this.#scheduler = new Scheduler(() => this.#loadChanged(), options.limits)
    this.local = {
      ask: (request, signal) => this.#askLocal(request, signal),
      models: () => options.hub.models(),
      load: () => loadOf(options.hub, this.#scheduler),
    }
  }

  async start(): Promise<void> {
    this.#isClosing = false
    this.#feed.restart()
    this.#unsubscribe = this.options.hub.onChange(() => this.#scheduler.lanesChanged())
  }

  /** Refuses new requests with `shutting_down`, and lets those of others finish until the signal fires. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#isClosing = true
    while (this.forOthers > 0 && (await delay(drainCheckMs, signal))) continue
  }

  /** How many requests of others are queued or running here. */
  get forOthers(): number {
    return [...this.#running].filter(({ isForOther }) => isForOther).length
  }

  async stop(): Promise<void> {
    this.#isClosing = true
    this.#unsubscribe()
    this.#feed.stop()
    for (const generation of [...this.#running]) generation.end(this.#closing())
  }

  health(): Health {
    return healthy
  }

  capabilities(): Capabilities {
    return this.#feed.current()
  }

  onCapabilities(listener: (capabilities: Capabilities) => void): () => void {
    return this.#feed.onChange(listener)
  }

  /** Generations served to others in each of the last 30 minutes, oldest first. */
  servedPerMinute(): number[] {
    return this.#served.perMinute()
  }

  /** Each request of other people that is answered or waits, by the account it is for. */
  serving(): { readonly accountId: AccountId; readonly isWaiting: boolean }[] {
    return [...this.#running].flatMap(({ caller, request, isWaiting }) => {
      const accountId = (request.consumer ?? caller)?.accountId
      return accountId && !this.options.isOwnAccount(accountId) ? [{ accountId, isWaiting }] : []
    })
  }

  /** Fires when somebody is served, waits, or is no longer. Returns the unsubscribe function. */
  onServing(listener: () => void): () => void {
    return this.#serving.add(listener)
  }

  admit(caller: Caller, request: PromptRequest): Result<GenerationStart> {
    const refusal = this.#refusalOfNew(caller, request)
    if (refusal) return { ok: false, error: refusal }
    const generation = this.#prepare(caller, request)
    return generation.ok ? ok((signal) => this.#run(generation.value, signal)) : generation
  }

  /**
   * Judges every running request again and ends those that may no longer run.
   * Call it after sharing was switched or memberships changed.
   */
  enforce(): void {
    for (const generation of [...this.#running]) {
      const refusal = this.#refusalNow(generation)
      if (refusal) generation.end(refusal)
    }
    this.#feed.touch()
  }

  async *#askLocal(request: PromptRequest, signal: AbortSignal): AsyncGenerator<ServedPart, void, undefined> {
    const refusal = this.#refusalOfNew(null, request)
    const generation = refusal ? { ok: false as const, error: refusal } : this.#prepare(null, request)
    if (generation.ok) yield* this.#run(generation.value, signal)
    else yield { type: 'failed', error: generation.error, usage: null }
  }

  async *#run(generation: ServedGeneration, signal: AbortSignal): AsyncGenerator<ServedPart, void, undefined> {
    const { request, caller } = generation
    // What was true at admission may have changed before the channel came.
    const refusal = caller && this.#refusalOfNew(caller, request)
    if (refusal) return yield { type: 'failed', error: refusal, usage: null }
    const failure = (cause: unknown): ServedPart => ({ type: 'failed', error: this.#fault(cause), usage: null })
    yield* heardToTheEnd((stop) => this.#work(generation, stop), [signal], failure)
  }

  async *#work(generation: ServedGeneration, signal: AbortSignal): AsyncGenerator<ServedPart, void, undefined> {
    const { request, caller } = generation
    this.#running.add(generation)
    this.#serving.emit()
    try {
      const parts = (maxTokens: number): AsyncIterable<ServedPart> => generation.parts(signal, maxTokens)
      yield* this.options.planLimits.within(request, caller, signal, parts)
    } finally {
      this.#running.delete(generation)
      this.#serving.emit()
    }
  }

  #prepare(caller: Caller | null, request: PromptRequest): Result<ServedGeneration> {
    const { hub, selfDeviceId, machineName, estimates } = this.options
    const engine = hub.engineFor(request.model)
    if (!engine) return fail(caller ? 'no_model' : 'model_unknown', { model: request.model })
    const contextTokens = hub.models().find((model) => model.name === request.model)?.contextTokens ?? null
    const fitting = fitToContext(request, contextTokens)
    if (!fitting) return { ok: false, error: tooLong(request, contextTokens ?? 0, estimates) }
    const tokens = new TokenCounter({ request: fitting, machine: selfDeviceId(), estimates })
    const generation = new ServedGeneration({
      request: fitting,
      caller,
      isForOther: caller !== null || isForOtherAccount(request, this.options),
      engine,
      scheduler: this.#scheduler,
      selfDeviceId: selfDeviceId(),
      machineName: machineName(),
      tokens,
      promptTokens: estimates.likely(fitting),
      rates: this.#rates,
      patience: { ...usualPatience, ...this.options.patience },
      receipt: this.options.receipts.begin(request, caller, tokens),
      onComplete: () => caller && this.#served.count(),
      onEngineFault: (cause) => this.#fault(cause),
      explain: (error) => withLength(error, fitting, estimates),
      onFailed: (error) => this.#failedFor(error, caller, request),
    })
    return ok(generation)
  }

  #refusalOfNew(caller: Caller | null, request: PromptRequest): KithError | null {
    return this.#isClosing ? this.#closing() : this.#refusal(caller, request)
  }

  /** Why a request may not run, by rules that also end one that runs already. */
  #refusal(caller: Caller | null, request: PromptRequest): KithError | null {
    return refusalOf(caller, request, this.options)
  }

  /** The same for what runs already, by what is known of its caller now. */
  #refusalNow({ caller, request }: ServedGeneration): KithError | null {
    const known = caller && this.options.whoIs(caller.deviceId)
    return caller && !known ? kithError('not_admitted') : this.#refusal(known, request)
  }

  #failedFor(error: KithError, caller: Caller | null, { consumer }: PromptRequest): void {
    const accountId = (consumer ?? caller)?.accountId
    if (accountId && !this.options.isOwnAccount(accountId)) this.options.onFailedFor(error, accountId)
  }

  #loadChanged(): void {
    this.#feed.touch()
    this.#serving.emit()
  }

  #closing(): KithError {
    return kithError('shutting_down', { machine: this.options.machineName() })
  }

  #fault(cause: unknown): KithError {
    const reference = randomBytes(4).toString('hex')
    this.options.log.error({ cause, reference }, 'a generation broke its contract')
    return kithError('internal', { reference })
  }

  /** A drain changes nothing here: new requests get `shutting_down`, which is true, and not `sharing_off`. */
  #capabilities(): ReturnType<typeof capabilitiesOf> {
    const { hub, machineName, isSharing } = this.options
    return capabilitiesOf(machineName(), isSharing(), hub, loadOf(hub, this.#scheduler))
  }
}
