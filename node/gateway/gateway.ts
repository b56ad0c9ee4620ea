import { randomBytes } from 'node:crypto'
import { refusalOfPrompt } from '../access/requests.ts'
import type { Caller } from '../access/standing.ts'
import { kithError, type KithError } from '../contract/errors.ts'
import type { DeviceId, PoolId } from '../contract/ids.ts'
import { ok, type Result } from '../contract/result.ts'
import { healthy, type Facility, type Health } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import type { GenerationPort, PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import type { GenerationHandler, GenerationStart } from '../protocol/handlers.ts'
import { defaultDeadlines, type GenerationDeadlines } from '../protocol/generations/deadlines.ts'
import { heardToTheEnd } from '../protocol/generations/heard-to-the-end.ts'
import type { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import { TokenCounter, type TokenCount } from '../protocol/generations/token-counter.ts'
import type { MachineDirectory, RemoteMachine } from '../protocol/machines.ts'
import type { ServiceClients } from '../protocol/service/service-client.ts'
import { withGenerationDeadlines } from '../protocol/generations/timed-generation.ts'
import type { LocalProcessor } from '../protocol/local-processor.ts'
import { sortMachines, type Candidate, type GatedMachine, type Sorted } from './candidates.ts'
import { DoubtedMachines } from './doubted-machines.ts'
import { failureThere } from './failure-there.ts'
import { InFlight } from './in-flight.ts'
import type { KeyLimits } from './key-limits.ts'
import { KnownModels, type KeptMachines } from './known-models.ts'
import { noMachine, type AwayPool } from './no-machine.ts'
import { loadOf, pick } from './pick.ts'
import type { GatewayReceipts } from './receipts.ts'
import { isRetryable } from './retryable.ts'
import { whenMachinesChange } from './wait-for-machine.ts'

const maxAttempts = 3
const defaultMachineWaitMs = 4_000

export interface GatewayOptions {
  /** The processor of this computer; null where it has none. */
  readonly local: LocalProcessor | null
  readonly machines: MachineDirectory
  readonly clients: ServiceClients
  readonly selfDeviceId: DeviceId
  readonly receipts: Pick<GatewayReceipts, 'begin'>
  readonly limits: KeyLimits
  readonly estimates: PromptEstimates
  /** What to call this computer in a sentence about its own deadlines. */
  readonly machineName: () => string
  /** Whether machines of a pool are still being connected to, so that waiting for one makes sense. */
  readonly isConnecting: (poolId: PoolId) => boolean
  /** Why the pool refuses this install, if it does: waiting for its machines is pointless then. */
  readonly refusalOf: (poolId: PoolId) => KithError | null
  readonly keptMachines: KeptMachines
  /** The people of a pool where none of them is online; null where one is, or where there is nobody else. */
  readonly awayIn: (poolId: PoolId) => AwayPool | null
  readonly log: Log
  readonly deadlines?: Partial<GenerationDeadlines>
  /** How long a request waits for a machine while some are still being connected to. */
  readonly machineWaitMs?: number
  readonly random?: () => number
}

/** Routes requests to machines, and passes on what they generate. */
export class Gateway implements Facility, GenerationPort, GenerationHandler {
  readonly name = 'gateway'
  readonly needs: readonly string[] = []
  readonly #inFlight = new InFlight()
  readonly #known: KnownModels
  readonly #doubted = new DoubtedMachines()
  readonly #local: GenerationPort | null
  #abort = new AbortController()
  #unsubscribe: () => void = () => undefined

  constructor(private readonly options: GatewayOptions) {
    const deadlines = { ...defaultDeadlines, ...options.deadlines }
    this.#known = new KnownModels(options.keptMachines)
    this.#local = options.local && withGenerationDeadlines(options.local, deadlines, options.machineName)
  }

  async start(): Promise<void> {
    this.#abort = new AbortController()
    const note = (): void => this.#known.note(this.options.machines.list())
    note()
    await this.#known.open()
    this.#unsubscribe = this.options.machines.onChange(note)
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    this.#abort.abort()
    await this.options.keptMachines.written()
  }

  health(): Health {
    return healthy
  }

  /** Whether this computer or a machine of the pool has, or had, a model of this name. */
  knows(poolId: PoolId, model: string): boolean {
    this.#noteOwn()
    return this.#known.has(poolId, model)
  }

  /** `processPrompt`: the other devices of this account may use this gateway; nobody else. */
  admit(caller: Caller, request: PromptRequest): Result<GenerationStart> {
    const isForOther = request.consumer !== undefined && request.consumer.accountId !== caller.accountId
    const refusal = refusalOfPrompt({ isOwnAccount: caller.isOwnAccount, isForOther })
    return refusal ? { ok: false, error: refusal } : ok((signal) => this.ask(request, signal))
  }

  async *ask(request: PromptRequest, signal: AbortSignal): AsyncGenerator<ServedPart, void, undefined> {
    const source = (stop: AbortSignal): AsyncIterable<ServedPart> =>
      this.options.limits.within(request, stop, (held) => this.#route(held, stop))
    yield* heardToTheEnd(source, [signal, this.#abort.signal], (cause) => this.#failure(cause))
  }

  async *#route(request: PromptRequest, signal: AbortSignal): AsyncGenerator<ServedPart, void, undefined> {
    const tried = new Set([this.options.selfDeviceId])
    let isLocalTried = false
    let failure: KithError | null = null
    let gated: readonly GatedMachine[] = []
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const sorted = (): Sorted => this.#sort(request, tried, isLocalTried)
      // Only the first attempt waits for machines: later ones have a failure to report.
      if (attempt === 0) await this.#untilAny(request, sorted, signal)
      if (signal.aborted) return yield { type: 'failed', error: kithError('stopped'), usage: null }
      const now = sorted()
      gated = now.gated
      const chosen = pick(now.candidates, (one) => loadOf(one, (id) => this.#inFlight.of(id)), this.options.random)
      if (!chosen) break
      if (chosen.kind === 'remote' && chosen.isDoubted) {
        const { requestId } = request
        this.options.log.info(
          { requestId, machine: chosen.machine.name, reason: 'doubted' },
          'no other machine is left',
        )
      }
      if (chosen.kind === 'local') isLocalTried = true
      else tried.add(chosen.machine.deviceId)
      const asked = { ...request, model: chosen.model }
      failure = yield* this.#attempt(chosen, { ...asked, attempt: attempt + 1 }, signal)
      if (failure?.code === 'limit_home_away' && chosen.kind === 'remote' && attempt + 1 < maxAttempts) {
        // That machine cannot reach the coordinator; perhaps this one can, and the plan lease goes with the request.
        const planLease = await this.options.limits.planLease(asked, chosen.machine.deviceId)
        if (planLease) failure = yield* this.#attempt(chosen, { ...asked, attempt: ++attempt + 1, planLease }, signal)
      }
      if (!failure) return
      this.options.log.debug({ code: failure.code, attempt }, 'trying the next machine')
    }
    yield { type: 'failed', error: failure ?? this.#noMachine(request, gated), usage: null }
  }

  /** Passes a generation on. Returns a failure that another machine may not have, or null when it has ended. */
  async *#attempt(
    chosen: Candidate,
    request: PromptRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ServedPart, KithError | null, undefined> {
    const release = this.#inFlight.begin(chosen)
    const tokens = this.#counterFor(chosen, request)
    const receipt = this.options.receipts.begin(request, chosen, tokens)
    let hasText = false
    try {
      for await (const part of this.#open(chosen, request, signal)) {
        if (part.type === 'end' || part.type === 'failed') {
          if (signal.aborted) tokens.leave()
          tokens.follow(part)
          const settled = told(tokens.settled(part), chosen)
          receipt?.follow(settled)
          // Continuing on another machine would go here: the text so far would be sent along.
          if (settled.type === 'failed' && !hasText && isRetryable(settled.error.code)) return settled.error
          yield settled
          return null
        }
        const kept = tokens.follow(named(part, chosen))
        if (kept) receipt?.follow(kept)
        hasText ||= kept?.type === 'text'
        if (kept && kept.type !== 'receipt') yield kept
        if (!tokens.isSpent) continue
        // Whatever the machine makes of its limit, an answer ends at what was set aside for it.
        const end = tokens.settled({ type: 'end', reason: 'length', usage: { promptTokens: 0, completionTokens: 0 } })
        receipt?.follow(end)
        yield end
        return null
      }
      return null
    } finally {
      const said = receipt ? receipt.close() : tokens.count().said
      if (said && chosen.kind === 'remote') this.#doubt(chosen.machine, said)
      release()
    }
  }

  #counterFor(chosen: Candidate, request: PromptRequest): TokenCounter {
    const { selfDeviceId, estimates } = this.options
    const machine = chosen.kind === 'remote' ? chosen.machine.deviceId : selfDeviceId
    return new TokenCounter({ request, machine, estimates })
  }

  /** A machine has said what cannot be true of its tokens: from now on it is asked last. */
  #doubt({ deviceId, name }: RemoteMachine, said: TokenCount['said']): void {
    this.#doubted.lied(deviceId)
    this.options.log.warn({ deviceId, machine: name, said }, 'what a machine said of its tokens cannot be true')
  }

  #failure(cause: unknown): ServedPart {
    const reference = randomBytes(4).toString('hex')
    this.options.log.error({ cause, reference }, 'a request could not be routed')
    return { type: 'failed', error: kithError('internal', { reference }), usage: null }
  }

  #open(chosen: Candidate, request: PromptRequest, signal: AbortSignal): AsyncIterable<ServedPart> {
    if (chosen.kind === 'remote') {
      const planVoucher = this.options.limits.planVoucher(request, chosen.machine.deviceId)
      return this.options.clients.ask(chosen.machine, 'processRequest', { ...request, planVoucher }, signal)
    }
    return (this.#local ?? chosen.processor).ask(request, signal)
  }

  #sort({ poolId, model }: PromptRequest, tried: ReadonlySet<DeviceId>, isLocalTried: boolean): Sorted {
    const { local, machines } = this.options
    this.#noteOwn()
    return sortMachines(local, machines.list(), {
      ...{ poolId, model, tried, isLocalTried, known: this.#known },
      isDoubted: (deviceId) => this.#doubted.isDoubted(deviceId),
    })
  }

  /** Waits for a machine that can take the request, while one may still turn up. */
  async #untilAny(request: PromptRequest, sorted: () => Sorted, signal: AbortSignal): Promise<void> {
    const isSettled = (): boolean => {
      const { candidates, gated } = sorted()
      return candidates.length > 0 || !this.#mayTurnUp(request.poolId, gated)
    }
    if (isSettled()) return
    const waitMs = this.options.machineWaitMs ?? defaultMachineWaitMs
    await whenMachinesChange(this.options.machines, isSettled, waitMs, signal)
  }

  #noteOwn(): void {
    const { local, selfDeviceId } = this.options
    this.#known.noteOwn(selfDeviceId, local?.models() ?? [])
  }

  #mayTurnUp(poolId: PoolId, gated: readonly GatedMachine[]): boolean {
    if (this.options.refusalOf(poolId)) return false
    return gated.some(({ reason }) => reason === 'silent') || this.options.isConnecting(poolId)
  }

  /** Why no machine could take the request. The log has what each machine lacks, and nothing of the prompt. */
  #noMachine({ requestId, poolId, model }: PromptRequest, gated: readonly GatedMachine[]): KithError {
    for (const { name, reason } of gated) {
      this.options.log.debug({ requestId, model, machine: name, reason }, 'a machine cannot take the request')
    }
    const isKnown = this.knows(poolId, model)
    return this.options.refusalOf(poolId) ?? noMachine({ model, gated, isKnown, away: this.options.awayIn(poolId) })
  }
}

/** Who answers is the machine that was asked, under the name by which it is known here, whatever it calls itself. */
function named(part: ServedPart, chosen: Candidate): ServedPart {
  if (part.type !== 'accepted' || chosen.kind === 'local') return part
  const { deviceId, name } = chosen.machine
  return { ...part, deviceId, machineName: name }
}

/** A failure of another machine, with whose it is. */
function told<T extends ServedPart>(part: T, chosen: Candidate): T {
  if (part.type !== 'failed' || chosen.kind === 'local') return part
  return { ...part, error: failureThere(part.error, chosen.machine) }
}
