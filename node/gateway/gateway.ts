import { kithError, type ErrorCode, type KithError } from '../contract/errors.ts'
import type { DeviceId, PoolId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { linkSignals } from '../base/linked-signal.ts'
import { healthy, type Facility, type Health } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import type { GenerationPort, PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import type { GenerationHandler, GenerationStart } from '../protocol/generations/generation-handler.ts'
import { defaultDeadlines, type GenerationDeadlines } from '../protocol/generations/deadlines.ts'
import type { Caller, MachineDirectory } from '../protocol/machines.ts'
import type { ServiceClients } from '../protocol/service/service-client.ts'
import { withGenerationDeadlines } from '../protocol/generations/timed-generation.ts'
import { gateReason, KnownModels, loadOf, pick, type Candidate } from './candidates.ts'
import type { GatewayLimits } from './key-limits.ts'
import type { GatewayReceipts } from './receipts.ts'
import { whenMachinesChange } from './wait-for-machine.ts'
import type { LocalProcessor } from '../processor/processor.ts'

const maxAttempts = 3
const defaultMachineWaitMs = 4_000

/** Failures before the first token that another machine may not have. */
const curable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'machine_unreachable',
  'machine_lost',
  'accept_timeout',
  'first_token_timeout',
  'load_timeout',
  'too_many_connections',
  'protocol_error',
  'version_mismatch',
  'unknown_call',
  'not_admitted',
  'member_suspended',
  'provisional_lapsed',
  'directory_stale',
  'sharing_off',
  'limit_home_away',
  'lease_invalid',
  'no_model',
  'model_unknown',
  'model_does_not_fit',
  'model_corrupt',
  'queue_full',
  'shutting_down',
  'engine_unavailable',
  'engine_failed',
  'engine_crashed',
  'engine_stopped',
  'internal',
])

/** Routes questions to machines, and passes their answers on. */
export interface Gateway extends Facility, GenerationPort, GenerationHandler {}

export interface GatewayOptions {
  /** The processor of this computer; null where it has none. */
  readonly local: LocalProcessor | null
  readonly machines: MachineDirectory
  readonly clients: ServiceClients
  readonly selfDeviceId: DeviceId
  readonly receipts?: GatewayReceipts
  readonly limits?: GatewayLimits
  /** What to call this computer in a sentence about its own deadlines. */
  readonly machineName?: () => string
  /** Whether machines of a pool are still being connected to, so that waiting for one makes sense. */
  readonly isConnecting?: (poolId: PoolId) => boolean
  /** Why the pool refuses this install, when it does: nobody there needs to be waited for then. */
  readonly refusalOf?: (poolId: PoolId) => KithError | null
  readonly log: Log
  readonly deadlines?: Partial<GenerationDeadlines>
  /** How long a question waits for a machine while some are still being connected to. */
  readonly machineWaitMs?: number
  readonly random?: () => number
}

class GatewayService implements Gateway {
  readonly name = 'gateway'
  readonly needs: readonly string[] = []
  readonly #inFlight = new Map<DeviceId, number>()
  readonly #known = new KnownModels()
  readonly #local: GenerationPort | null
  #abort = new AbortController()
  #unsubscribe: () => void = () => undefined

  constructor(private readonly options: GatewayOptions) {
    const deadlines = { ...defaultDeadlines, ...options.deadlines }
    this.#local =
      options.local && withGenerationDeadlines(options.local, deadlines, options.machineName ?? (() => 'this computer'))
  }

  async start(): Promise<void> {
    this.#abort = new AbortController()
    const note = (): void => this.#known.note(this.options.machines.list())
    note()
    this.#unsubscribe = this.options.machines.onChange(note)
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    this.#abort.abort()
  }

  health(): Health {
    return healthy
  }

  /** `processPrompt`: the other devices of this account may use this gateway; nobody else. */
  admit(caller: Caller, request: PromptRequest): Result<GenerationStart> {
    if (!caller.isOwnAccount) return fail('not_admitted')
    if (request.consumer && request.consumer.accountId !== caller.accountId) return fail('gateway_role_needed')
    return ok((signal) => this.ask(request, signal))
  }

  async *ask(request: PromptRequest, signal: AbortSignal): AsyncGenerator<ServedPart, void, undefined> {
    const stop = linkSignals([signal, this.#abort.signal])
    try {
      const route = (held: PromptRequest): AsyncIterable<ServedPart> => this.#route(held, stop.signal)
      yield* this.options.limits?.within(request, stop.signal, route) ?? route(request)
    } finally {
      stop.release()
    }
  }

  async *#route(request: PromptRequest, signal: AbortSignal): AsyncGenerator<ServedPart, void, undefined> {
    const tried = new Set([this.options.selfDeviceId])
    let isLocalTried = false
    let failure: KithError | null = null
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const candidates = (): Candidate[] => this.#candidates(request, tried, isLocalTried)
      // Only the first attempt waits for machines: later ones have a failure to report.
      if (attempt === 0) await this.#untilAny(request, candidates, signal)
      if (signal.aborted) return yield { type: 'failed', error: kithError('stopped'), usage: null }
      const chosen = pick(candidates(), (one) => loadOf(one, (id) => this.#inFlight.get(id) ?? 0), this.options.random)
      if (!chosen) break
      if (chosen.kind === 'local') isLocalTried = true
      else tried.add(chosen.machine.deviceId)
      failure = yield* this.#attempt(chosen, { ...request, attempt: attempt + 1 }, signal)
      if (failure?.code === 'limit_home_away' && chosen.kind === 'remote' && attempt + 1 < maxAttempts) {
        // That machine cannot reach the coordinator; perhaps this one can, and the permission travels along.
        const planLease = await this.options.limits?.planLease(request, chosen.machine.deviceId)
        if (planLease) failure = yield* this.#attempt(chosen, { ...request, attempt: ++attempt + 1, planLease }, signal)
      }
      if (!failure) return
      this.options.log.debug({ code: failure.code, attempt }, 'trying the next machine')
    }
    yield { type: 'failed', error: failure ?? this.#noMachine(request), usage: null }
  }

  /** Passes an answer on. Returns a failure that the next machine may cure, or null when the answer has ended. */
  async *#attempt(
    chosen: Candidate,
    request: PromptRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ServedPart, KithError | null, undefined> {
    const release = this.#count(chosen)
    const receipt = this.options.receipts?.begin(request, chosen)
    let hasText = false
    try {
      for await (const part of this.#open(chosen, request, signal)) {
        receipt?.follow(part)
        if (part.type === 'receipt') continue
        // The seam for continuing on another machine: from here on the text so far would go along.
        if (part.type === 'failed' && !hasText && curable.has(part.error.code)) return part.error
        hasText ||= part.type === 'text'
        yield part
      }
      return null
    } finally {
      receipt?.close()
      release()
    }
  }

  #open(chosen: Candidate, request: PromptRequest, signal: AbortSignal): AsyncIterable<ServedPart> {
    if (chosen.kind === 'remote') return this.options.clients.ask(chosen.machine, 'processRequest', request, signal)
    return (this.#local ?? chosen.processor).ask(request, signal)
  }

  #count(chosen: Candidate): () => void {
    if (chosen.kind === 'local') return () => undefined
    const { deviceId } = chosen.machine
    this.#inFlight.set(deviceId, (this.#inFlight.get(deviceId) ?? 0) + 1)
    return () => {
      const left = (this.#inFlight.get(deviceId) ?? 1) - 1
      if (left > 0) this.#inFlight.set(deviceId, left)
      else this.#inFlight.delete(deviceId)
    }
  }

  #candidates(request: PromptRequest, tried: ReadonlySet<DeviceId>, isLocalTried: boolean): Candidate[] {
    const { local, machines } = this.options
    const remote = machines
      .list()
      .filter((machine) => gateReason(machine, request, tried) === null)
      .map((machine): Candidate => ({ kind: 'remote', machine }))
    if (!local || isLocalTried || !local.offers(request.model)) return remote
    return [{ kind: 'local', processor: local }, ...remote]
  }

  /** Waits for a machine that can answer, while there is one that may still turn up. */
  async #untilAny(request: PromptRequest, candidates: () => Candidate[], signal: AbortSignal): Promise<void> {
    const isSettled = (): boolean => candidates().length > 0 || !this.#mayTurnUp(request.poolId)
    const waitMs = this.options.machineWaitMs ?? defaultMachineWaitMs
    await whenMachinesChange(this.options.machines, isSettled, waitMs, signal)
  }

  #mayTurnUp(poolId: PoolId): boolean {
    if (this.options.refusalOf?.(poolId)) return false
    const isSilent = this.options.machines
      .list()
      .some((machine) => machine.poolIds.includes(poolId) && machine.capabilities === null)
    return isSilent || (this.options.isConnecting?.(poolId) ?? false)
  }

  /** Why nobody could be asked. */
  #noMachine(request: PromptRequest): KithError {
    const refusal = this.options.refusalOf?.(request.poolId)
    if (refusal) return refusal
    const machines = this.options.machines.list().filter((machine) => machine.poolIds.includes(request.poolId))
    const asleep = machines.find(
      (machine) => machine.capabilities?.isSharing === false && this.#known.had(machine.deviceId, request.model),
    )
    if (asleep) return kithError('sharing_off', { machine: asleep.name })
    const silent = machines.find((machine) => machine.capabilities === null)
    if (silent) return kithError('machine_unreachable', { machine: silent.name })
    return kithError('no_model', { model: request.model })
  }
}

export function createGateway(options: GatewayOptions): Gateway {
  return new GatewayService(options)
}
