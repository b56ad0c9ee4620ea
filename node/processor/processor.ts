import { randomBytes } from 'node:crypto'
import { kithError, type KithError } from '../contract/errors.ts'
import type { AccountId, DeviceId, PoolId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { delay } from '../base/deadline.ts'
import { healthy, type Facility, type Health } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import type { EngineHub } from '../engines/engine-hub.ts'
import type { GenerationPort, PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import type { GenerationHandler, GenerationStart } from '../protocol/generations/generation-handler.ts'
import type { Caller, Capabilities } from '../protocol/machines.ts'
import type { WhoIs } from '../protocol/machines.ts'
import { CapabilityFeed } from './capability-feed.ts'
import type { ProcessorLimits } from './plan-limits.ts'
import { remoteRefusal, type MemberState } from './admission.ts'
import type { ProcessorReceipts } from './receipts.ts'
import { defaultSchedulerLimits, Scheduler, type SchedulerLimits } from './scheduler.ts'
import { ServedGeneration } from './served-generation.ts'
import { ServedCounter } from './served-counter.ts'

/** This computer's own processor, as the gateway beside it sees it. */
export interface LocalProcessor extends GenerationPort {
  /** Whether an engine here has the model, shared or not. */
  offers(model: string): boolean
  load(): { readonly active: number; readonly waiting: number; readonly slots: number }
}

/** Runs models: admits, queues, drives the engines, and says what this machine can do. */
export interface Processor extends Facility, GenerationHandler {
  readonly local: LocalProcessor
  drain(signal: AbortSignal): Promise<void>
  capabilities(): Capabilities
  onCapabilities(listener: (capabilities: Capabilities) => void): () => void
  /** Answers served to others in each of the last 30 minutes, oldest first. */
  servedPerMinute(): number[]
  /**
   * Judges every remote answer again and ends those that may no longer run.
   * Call it after sharing was switched or memberships changed.
   */
  enforce(): void
}

export interface ProcessorOptions {
  readonly hub: Pick<EngineHub, 'models' | 'chat' | 'onChange' | 'engineFor'>
  readonly whoIs: WhoIs
  readonly isSharing: () => boolean
  readonly machineName: () => string
  readonly selfDeviceId: () => DeviceId
  /** Whether an account is the one of this computer; absent means that every one is. */
  readonly isOwnAccount?: (accountId: AccountId) => boolean
  /** Whether a device may ask for other accounts in a pool. */
  readonly isGateway?: (poolId: PoolId, deviceId: DeviceId) => boolean
  /** How an account stands that a gateway asks for; absent means that every one is a member. */
  readonly memberState?: (poolId: PoolId, accountId: AccountId) => MemberState | null
  readonly receipts?: ProcessorReceipts
  /** Holds other members to their plans. */
  readonly planLimits?: ProcessorLimits
  readonly log: Log
  readonly limits?: SchedulerLimits
}

/** How often a drain looks whether the last answer has ended. */
const drainCheckMs = 50

class ProcessorService implements Processor {
  readonly name = 'processor'
  readonly needs: readonly string[] = []
  readonly local: LocalProcessor
  readonly #scheduler: Scheduler
  readonly #feed: CapabilityFeed
  readonly #served = new ServedCounter()
  readonly #answers = new Set<ServedGeneration>()
  #unsubscribe: () => void = () => undefined
  #isClosing = false

  constructor(private readonly options: ProcessorOptions) {
    this.#feed = new CapabilityFeed(() => this.#read())
    this.#scheduler = new Scheduler(() => this.#feed.touch(), options.limits ?? defaultSchedulerLimits)
    this.local = {
      ask: (request, signal) => this.#askLocal(request, signal),
      offers: (model) => options.hub.engineFor(model) !== null,
      load: () => this.#load(),
    }
  }

  async start(): Promise<void> {
    this.#isClosing = false
    this.#feed.restart()
    this.#unsubscribe = this.options.hub.onChange(() => this.#feed.touch())
  }

  async drain(signal: AbortSignal): Promise<void> {
    this.#isClosing = true
    while (this.#answers.size > 0 && (await delay(drainCheckMs, signal))) continue
  }

  async stop(): Promise<void> {
    this.#isClosing = true
    this.#unsubscribe()
    this.#feed.stop()
    for (const answer of [...this.#answers]) answer.end(this.#closing())
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

  servedPerMinute(): number[] {
    return this.#served.perMinute()
  }

  admit(caller: Caller, request: PromptRequest): Result<GenerationStart> {
    const refusal = this.#refusal(caller, request)
    if (refusal) return { ok: false, error: refusal }
    const answer = this.#prepare(caller, request)
    return answer.ok ? ok((signal) => this.#run(answer.value, signal)) : answer
  }

  enforce(): void {
    for (const answer of [...this.#answers]) {
      const caller = answer.caller && this.options.whoIs(answer.caller.deviceId)
      const isUnknown = answer.caller !== null && caller === null
      const refusal = isUnknown ? kithError('not_admitted') : this.#refusal(caller, answer.request)
      if (refusal) answer.end(refusal)
    }
    this.#feed.touch()
  }

  async *#askLocal(request: PromptRequest, signal: AbortSignal): AsyncGenerator<ServedPart, void, undefined> {
    const refusal = this.#refusal(null, request)
    const answer = refusal ? { ok: false as const, error: refusal } : this.#prepare(null, request)
    if (answer.ok) yield* this.#run(answer.value, signal)
    else yield { type: 'failed', error: answer.error, usage: null }
  }

  async *#run(answer: ServedGeneration, signal: AbortSignal): AsyncGenerator<ServedPart, void, undefined> {
    // What was true at admission may have changed before the channel came.
    const refusal = answer.caller && this.#refusal(answer.caller, answer.request)
    if (refusal) return yield { type: 'failed', error: refusal, usage: null }
    this.#answers.add(answer)
    try {
      const { request, caller } = answer
      const parts = (maxTokens: number): AsyncIterable<ServedPart> => answer.parts(signal, maxTokens)
      yield* this.options.planLimits?.within(request, caller, signal, parts) ?? parts(request.maxTokens)
    } finally {
      this.#answers.delete(answer)
    }
  }

  #prepare(caller: Caller | null, request: PromptRequest): Result<ServedGeneration> {
    const { hub, selfDeviceId, machineName } = this.options
    const engine = hub.engineFor(request.model)
    if (!engine) return fail(caller ? 'no_model' : 'model_unknown', { model: request.model })
    const contextTokens = hub.models().find((model) => model.name === request.model)?.contextTokens ?? null
    const fitting = fitToContext(request, contextTokens)
    if (!fitting) return fail('context_too_long', { limit: contextTokens ?? 0 })
    const answer = new ServedGeneration({
      request: fitting,
      caller,
      isForOther: caller !== null || this.#isForOther(request),
      lane: engine,
      scheduler: this.#scheduler,
      selfDeviceId: selfDeviceId(),
      machineName: machineName(),
      chat: (chatRequest) => hub.chat(chatRequest),
      receipt: this.options.receipts?.begin(request, caller) ?? null,
      onComplete: () => caller && this.#served.count(),
      onEngineFault: (cause) => this.#engineFault(cause),
    })
    return ok(answer)
  }

  /** Whether the gateway beside this processor asks with the key of somebody else. */
  #isForOther({ consumer }: PromptRequest): boolean {
    return consumer !== undefined && this.options.isOwnAccount?.(consumer.accountId) === false
  }

  #refusal(caller: Caller | null, request: PromptRequest): KithError | null {
    if (this.#isClosing) return this.#closing()
    const isSharing = this.options.isSharing()
    const machine = this.options.machineName()
    if (!caller) return this.#isForOther(request) && !isSharing ? kithError('sharing_off', { machine }) : null
    return remoteRefusal(caller, request, {
      isSharing,
      machine,
      isGateway: this.options.isGateway ?? (() => false),
      memberState: this.options.memberState ?? (() => 'active'),
    })
  }

  #closing(): KithError {
    return kithError('shutting_down', { machine: this.options.machineName() })
  }

  #engineFault(cause: unknown): KithError {
    const reference = randomBytes(4).toString('hex')
    this.options.log.error({ cause, reference }, 'an engine broke its contract')
    return kithError('internal', { reference })
  }

  #load(): { active: number; waiting: number; slots: number } {
    const engines = new Set(this.options.hub.models().map((model) => this.options.hub.engineFor(model.name)))
    let slots = 0
    for (const engine of engines) slots += engine?.slots ?? 0
    return { active: this.#scheduler.activeCount, waiting: this.#scheduler.waitingCount, slots }
  }

  /** What others may know. With sharing off they learn nothing about the models here. */
  #read(): Omit<Capabilities, 'runId' | 'sequence'> {
    const isSharing = this.options.isSharing() && !this.#isClosing
    const load = this.#load()
    return {
      machineName: this.options.machineName(),
      isSharing,
      models: isSharing ? this.options.hub.models() : [],
      slots: load.slots,
      activeAnswers: load.active,
      waitingAnswers: load.waiting,
    }
  }
}

/** No known tokenizer makes fewer tokens of a text than this many UTF-16 units each, on average. */
const maxUnitsPerToken = 12

/** The request with its answer bounded by the context; null when the conversation surely does not fit. */
function fitToContext(request: PromptRequest, contextTokens: number | null): PromptRequest | null {
  if (!contextTokens) return request
  const units = request.turns.reduce((sum, turn) => sum + turn.text.length, 0)
  if (units / maxUnitsPerToken > contextTokens) return null
  return { ...request, maxTokens: Math.min(request.maxTokens, contextTokens) }
}

export function createProcessor(options: ProcessorOptions): Processor {
  return new ProcessorService(options)
}
