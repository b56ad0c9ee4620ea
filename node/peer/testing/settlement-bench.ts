import { randomBytes } from 'node:crypto'
import type { Caller } from '../../access/standing.ts'
import type { AccountId, DeviceId, KeyId, RequestId } from '../../contract/ids.ts'
import type { Limits } from '../../contract/limits.ts'
import { ok, type Result } from '../../contract/result.ts'
import { kithError } from '../../contract/errors.ts'
import { LyingEngine, type EngineBehaviour } from '../../engines/testing/lying-engine.ts'
import { Gateway } from '../../gateway/gateway.ts'
import { GatewayLimits } from '../../gateway/key-limits.ts'
import { settledPools } from '../../gateway/testing/permissive.ts'
import type { KnownKey } from '../../keys/key-principal.ts'
import { keyTerms } from '../../keys/key-terms.ts'
import type { LimitSubject, LimitTerms, Reservation } from '../../limits/limiter.ts'
import type { LimitService } from '../../limits/limit-service.ts'
import { LimitBench } from '../../limits/testing/limit-bench.ts'
import { ProcessorLimits } from '../../processor/plan-limits.ts'
import { Processor } from '../../processor/processor.ts'
import type { SchedulerLimits } from '../../processor/scheduler.ts'
import { permissiveAccess, withoutGateways, withoutPlans, withoutReceipts } from '../../processor/testing/permissive.ts'
import { PromptEstimates } from '../../protocol/generations/prompt-estimates.ts'
import type { RemoteMachine } from '../../protocol/machines.ts'
import type { PromptRequest, ServedPart } from '../../protocol/messages/generation.ts'
import { silentLog, testPool } from '../../protocol/testing/service-bench.ts'
import { lyingParts, type MachineLies } from '../../protocol/testing/lying-machine.ts'

const memberAccount = 'ab'.repeat(32) as AccountId
const gatewayDevice = 'dd'.repeat(32) as DeviceId
const longQueue: Partial<SchedulerLimits> = { waiting: 1_000, waitingPerAccount: 1_000 }

/** One settlement of a reservation. */
export interface Settlement {
  /** Null for a member's plan. */
  readonly keyId: KeyId | null
  readonly reserved: number
  readonly tokens: number
  readonly requests: number
}

export interface BenchMachine {
  readonly engine: LyingEngine
  readonly target: RemoteMachine
  readonly processor: Processor
  lies: MachineLies
}

export interface MachineOptions extends EngineBehaviour {
  readonly slots?: number
  readonly queue?: Partial<SchedulerLimits>
  readonly lies?: MachineLies
  /** Which device of the limits it is; without one, it holds nobody to a plan. */
  readonly holder?: number
}

/**
 * Gateways and processors that meet in this process, on real limits: the first device counts them. It is for attacks on
 * what is settled, since every settlement is written down.
 */
export class SettlementBench {
  readonly settlements: Settlement[] = []
  readonly machines: BenchMachine[] = []
  readonly #keys = new Map<KeyId, KnownKey>()
  #plan: LimitTerms

  private constructor(readonly limits: LimitBench) {
    this.#plan = this.#terms({})
  }

  static async open(devices = 1): Promise<SettlementBench> {
    return new SettlementBench(await LimitBench.open(devices))
  }

  close(): Promise<void> {
    return this.limits.close()
  }

  /** A new key with these limits; its home is the first device. */
  key(limits: Limits): KeyId {
    const keyId = randomBytes(8).toString('hex') as KeyId
    const homeDeviceId = this.limits.device(0).deviceId
    const key: KnownKey = {
      ...{ keyId, accountId: memberAccount, poolId: testPool, scopes: ['inference'], allowedModels: null },
      ...{ limits, limitMode: 'enforced', timeZone: 'UTC', homeDeviceId, state: 'enabled' },
    }
    this.#keys.set(keyId, key)
    this.limits.terms.set(keyId, keyTerms(key))
    return keyId
  }

  /** What the member's plan allows from now on. */
  plan(limits: Limits): void {
    this.#plan = this.#terms(limits)
    this.limits.terms.set(memberAccount, this.#plan)
  }

  machine({ slots, queue = longQueue, lies = {}, holder, ...behaviour }: MachineOptions = {}): BenchMachine {
    const engine = new LyingEngine(behaviour, slots)
    const deviceId = randomBytes(32).toString('hex') as DeviceId
    const estimates = new PromptEstimates()
    const processor = new Processor({
      ...{ hub: engine, whoIs: () => this.caller, isSharing: () => true, machineName: () => 'Machine', estimates },
      selfDeviceId: () => deviceId,
      ...permissiveAccess,
      ...withoutGateways,
      planLimits:
        holder === undefined
          ? withoutPlans
          : new ProcessorLimits({
              accountId: 'ee'.repeat(32) as AccountId,
              limits: this.#recorded(holder),
              planOf: () => this.#plan,
              estimates,
            }),
      receipts: withoutReceipts,
      log: silentLog,
      limits: queue,
    })
    const target: RemoteMachine = {
      ...{ deviceId, serviceKey: new Uint8Array(32), name: `Machine ${this.machines.length}`, poolIds: [testPool] },
      get capabilities() {
        return processor.capabilities()
      },
    }
    const machine = { engine, target, processor, lies }
    this.machines.push(machine)
    return machine
  }

  /** A gateway of the member that reaches these machines, on one device of the limits. */
  async gateway(machines: readonly BenchMachine[], device = 0): Promise<Gateway> {
    const limits = this.#recorded(device)
    const estimates = new PromptEstimates()
    const gateway = new Gateway({
      local: null,
      machines: { list: () => machines.map(({ target }) => target), onChange: () => () => undefined },
      clients: {
        ask: (target: { deviceId: DeviceId }, _method: string, request: PromptRequest, signal: AbortSignal) =>
          this.ask(
            machines.find((one) => one.target.deviceId === target.deviceId),
            request,
            signal,
          ),
      } as never,
      selfDeviceId: gatewayDevice,
      limits: new GatewayLimits({
        ...{ accountId: memberAccount, limits, planOf: () => this.#plan, estimates },
        keys: { get: (_, keyId) => Promise.resolve(this.#keys.get(keyId) ?? null) },
      }),
      estimates,
      ...settledPools,
      receipts: withoutReceipts,
      machineName: () => 'Gateway',
      log: silentLog,
      random: () => 0,
    })
    await gateway.start()
    return gateway
  }

  /** Asks a machine as a gateway does, without one. */
  async *ask(
    machine: BenchMachine | undefined,
    request: PromptRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ServedPart, void, undefined> {
    const error = kithError('engine_failed', { engine: 'The lying machine', reason: 'on purpose' })
    const failure: ServedPart = { type: 'failed', error, usage: { promptTokens: 5_000, completionTokens: 5_000 } }
    const started = machine?.processor.admit(this.caller, request)
    if (!machine || !started?.ok) return yield { ...failure, error: started && !started.ok ? started.error : error }
    yield* lyingParts(started.value(signal), machine.lies, failure)
  }

  request(text: string, changes: Partial<PromptRequest> = {}): PromptRequest {
    return {
      requestId: randomBytes(16).toString('hex') as RequestId,
      ...{ poolId: testPool, model: 'paced', turns: [{ role: 'user', text }], maxTokens: 1_000 },
      ...changes,
    }
  }

  /** Whose key a request is made with. */
  by(keyId: KeyId): Pick<PromptRequest, 'consumer'> {
    return { consumer: { accountId: memberAccount, keyId } }
  }

  /** What a key was settled for in all; null is the member's plan. */
  used(keyId: KeyId | null): { tokens: number; requests: number } {
    const ofKey = this.settlements.filter((one) => one.keyId === keyId)
    const sum = (of: (one: Settlement) => number): number => ofKey.reduce((total, one) => total + of(one), 0)
    return { tokens: sum(({ tokens }) => tokens), requests: sum(({ requests }) => requests) }
  }

  /** Resolves when no engine works and everything is settled. */
  async idle(): Promise<void> {
    const isBusy = (): boolean =>
      this.machines.some(({ engine, processor }) => engine.active > 0 || processor.forOthers > 0)
    while (isBusy()) await new Promise((resolve) => setTimeout(resolve, 5))
    // The gateway hears of it a little later.
    await new Promise((resolve) => setTimeout(resolve, 10))
  }

  get caller(): Caller {
    const standing = { poolId: testPool, poolName: 'Friends', role: 'member', state: 'active' } as const
    return { deviceId: gatewayDevice, accountId: memberAccount, isOwnAccount: false, standings: [standing] }
  }

  /** The limits of a device, with each settlement written down. */
  #recorded(device: number): Pick<LimitService, 'reserve' | 'redeem' | 'carry' | 'voucher'> {
    const { service } = this.limits.device(device)
    const record = ({ keyId }: LimitSubject, result: Result<Reservation>): Result<Reservation> => {
      if (!result.ok) return result
      const { tokens: reserved } = result.value
      return ok({
        tokens: reserved,
        settle: ({ tokens, requests = 1 }) => {
          this.settlements.push({ keyId, reserved, tokens, requests })
          result.value.settle({ tokens, requests })
        },
      })
    }
    return {
      reserve: async (subject, ...rest) => record(subject, await service.reserve(subject, ...rest)),
      redeem: async (subject, ...rest) => record(subject, await service.redeem(subject, ...rest)),
      carry: (...call) => service.carry(...call),
      voucher: (...call) => service.voucher(...call),
    }
  }

  #terms(limits: Limits): LimitTerms {
    return { limits, limitMode: 'enforced', timeZone: 'UTC', grantors: [this.limits.device(0).deviceId] }
  }
}
