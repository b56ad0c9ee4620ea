import type { Facility, Health } from '../base/facility.ts'
import { healthy } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import type { DeviceId } from '../contract/ids.ts'
import type { LimitState } from '../contract/limits.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { HandedLedger } from '../protocol/messages/lease-ledger.ts'
import type {
  ExchangeCall,
  ExchangeReply,
  LeaseQuotaCall,
  LeaseQuotaReply,
  LookReply,
  RecallReply,
} from '../protocol/messages/lease-messages.ts'
import type { Caller, MachineDirectory } from '../protocol/machines.ts'
import type { ServiceClients } from '../protocol/service/service-client.ts'
import type { Bee } from '../state/bee.ts'
import { Grantor } from './grantor/grantor.ts'
import { Holder } from './holder/holder.ts'
import type { Clock } from './holder/held-budget.ts'
import { Journal } from './journal.ts'
import { heldLimits, windowOf } from './limit-names.ts'
import type { LimitNeed, LimitSubject, LimitTerms, Limiter, Reservation } from './limiter.ts'
import { openPlanLease, signPlanLease } from './plan-lease.ts'
import { redeem } from './holder/redeem.ts'
import { sweep } from './sweep.ts'
import type { RecallCall } from './grantor/call-back.ts'
import type { TakeOverOptions } from './grantor/take-over.ts'
import { RemoteLimitStates } from './holder/remote-limit-states.ts'

export interface LimitServiceOptions extends Pick<TakeOverOptions, 'holders' | 'usedIn'> {
  readonly selfDeviceId: DeviceId
  /** Signs plan leases where this device is a coordinator. */
  readonly deviceSecretKey: Uint8Array
  readonly bee: Bee
  readonly nowMs: () => number
  /** A clock that only runs on; absent takes that of the process. */
  readonly elapsedMs?: () => number
  readonly machines: MachineDirectory
  readonly clients: Pick<ServiceClients, 'call'>
  /** What to call a machine in a sentence. */
  readonly machineName: (deviceId: DeviceId) => string
  /** The limits of a subject as they are known here; null for one that is not known. */
  readonly termsOf: (subject: LimitSubject) => Promise<LimitTerms | null>
  /** Whether a device may hold something of a subject: the gateways of a key, the processors of a member. */
  readonly mayHold: (subject: LimitSubject, caller: Caller) => boolean
  /** Whether a device may ask for plan leases of a member. */
  readonly mayCarry: (subject: LimitSubject, caller: Caller) => boolean
  readonly log: Log
}

/** Limits of keys and members on one device: as grantor of some subjects, as holder of others. */
export class LimitService implements Limiter, Facility {
  readonly name = 'limits'
  /** What is held is given back at the stop, so calls have to work until then. */
  readonly needs = ['pools', 'service-clients', 'key-book']
  readonly #journal: Journal
  readonly #grantor: Grantor
  readonly #holder: Holder
  readonly #remoteStates: RemoteLimitStates
  readonly #listeners = new Set<(subject: LimitSubject) => void>()
  #unsubscribe: () => void = () => undefined

  constructor(private readonly options: LimitServiceOptions) {
    const { bee, selfDeviceId, nowMs, log, holders, usedIn, machineName } = options
    this.#journal = new Journal(bee)
    const onChange = (subject: LimitSubject): void => this.#changed(subject)
    this.#grantor = new Grantor({
      selfDeviceId,
      bee,
      journal: this.#journal,
      nowMs,
      isReachable: (deviceId) => this.#isReachable(deviceId),
      recall: (deviceId, call) => this.#recallFrom(deviceId, call),
      handOver: (deviceId, subject) => this.#handOverFrom(deviceId, subject),
      holders,
      usedIn,
      onChange,
    })
    this.#holder = new Holder({
      bee,
      journal: this.#journal,
      clock: () => this.#clock(),
      log,
      exchange: (grantor, call) => this.#exchangeWith(grantor, call),
      machineName,
      onChange,
    })
    this.#remoteStates = new RemoteLimitStates({
      nowMs,
      isReachable: (deviceId) => this.#isReachable(deviceId),
      look: (grantor, of) => this.#lookAt(grantor, of),
      onChange,
    })
  }

  async start(): Promise<void> {
    await sweep(this.options.bee, this.options.nowMs())
    this.#unsubscribe = this.options.machines.onChange(() => this.#reach())
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    this.#remoteStates.stop()
    await this.#holder.stop()
    await this.written()
  }

  /** Resolves when all that has happened so far is on disk. */
  written(): Promise<void> {
    return this.#journal.written()
  }

  health(): Health {
    return healthy
  }

  reserve(
    subject: LimitSubject,
    terms: LimitTerms,
    need: LimitNeed,
    signal: AbortSignal,
  ): Promise<Result<Reservation>> {
    return this.#holder.reserve(subject, terms, need, signal)
  }

  /** Serves a member's question on a plan lease that came with it, instead of a reservation of our own. */
  async redeem(subject: LimitSubject, terms: LimitTerms, text: string, tokens: number): Promise<Result<Reservation>> {
    const opened = openPlanLease(text, terms.grantors)
    if (!opened) return fail('lease_invalid', { reason: 'it was not signed by a coordinator of the pool' })
    const { selfDeviceId, log } = this.options
    const queue = await this.#holder.queue(subject, terms)
    return redeem({ ...opened, subject, tokens, selfDeviceId, clock: this.#clock(), terms, queue, log })
  }

  /** Gets a plan lease for a processor; the coordinator has to be in reach. */
  async carry(
    subject: LimitSubject,
    terms: LimitTerms,
    processorDeviceId: DeviceId,
    tokens: number,
  ): Promise<Result<string>> {
    const [grantor] = terms.grantors
    if (grantor === this.options.selfDeviceId) return this.#carryFor(subject, terms, processorDeviceId, tokens)
    if (!grantor) return fail('machine_unreachable', { machine: '' })
    const reply = await this.#call(grantor, { type: 'carry', subject, processorDeviceId, tokens })
    if (!reply.ok) return reply
    return reply.value.type === 'carry' ? ok(reply.value.lease) : fail('protocol_error')
  }

  states(subject: LimitSubject, terms: LimitTerms): LimitState[] {
    const isGrantor = terms.grantors[0] === this.options.selfDeviceId
    const known = isGrantor ? this.#grantor.states(subject, terms) : this.#holder.states(subject, terms)
    if (known || isGrantor) return known ?? untouched(terms, this.options.nowMs())
    const told = this.#remoteStates.states(subject, terms) ?? []
    const idle = untouched(terms, this.options.nowMs())
    return idle.map((state) => told.find(({ name }) => name === state.name) ?? state)
  }

  /** Something of ours was answered: how limits stand that others count is asked for again. */
  refresh(): void {
    this.#remoteStates.refresh()
  }

  onChange(listener: (subject: LimitSubject) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** `leaseQuota` from another device. */
  async handle(caller: Caller, call: LeaseQuotaCall): Promise<Result<LeaseQuotaReply>> {
    const { subject } = call
    const terms = await this.options.termsOf(subject)
    if (!terms) return fail('not_admitted')
    if (call.type === 'recall') {
      if (terms.grantors[0] !== caller.deviceId) return fail('not_admitted')
      return ok(await this.#holder.recall(subject, terms, call))
    }
    const { selfDeviceId } = this.options
    if (call.type === 'handOver') {
      if (terms.grantors[0] !== caller.deviceId || caller.deviceId === selfDeviceId) return fail('not_admitted')
      return ok({ type: 'handOver', ledger: await this.#grantor.handOver(subject, terms) })
    }
    if (terms.grantors[0] !== selfDeviceId) return fail('not_admitted')
    if (call.type === 'exchange') {
      if (!this.options.mayHold(subject, caller)) return fail('not_admitted')
      return this.#grantor.exchange(subject, terms, caller.deviceId, call)
    }
    if (call.type === 'look') {
      if (caller.accountId !== subject.accountId || !this.options.mayHold(subject, caller)) return fail('not_admitted')
      return ok({ type: 'look', nowMs: this.options.nowMs(), states: await this.#grantor.look(subject, terms) })
    }
    if (!this.options.mayCarry(subject, caller)) return fail('not_admitted')
    const lease = await this.#carryFor(subject, terms, call.processorDeviceId, call.tokens)
    return lease.ok ? ok({ type: 'carry', lease: lease.value }) : lease
  }

  async #carryFor(
    subject: LimitSubject,
    terms: LimitTerms,
    processorDeviceId: DeviceId,
    tokens: number,
  ): Promise<Result<string>> {
    const granted = await this.#grantor.carry(subject, terms, processorDeviceId, tokens)
    if (!granted.ok) return granted
    const { poolId, accountId } = subject
    const lease = { poolId, accountId, processorDeviceId, tokens, ...granted.value }
    return ok(signPlanLease(lease, this.options.deviceSecretKey))
  }

  async #exchangeWith(grantor: DeviceId, call: ExchangeCall): Promise<Result<ExchangeReply>> {
    const { selfDeviceId, termsOf } = this.options
    if (grantor === selfDeviceId) {
      const terms = await termsOf(call.subject)
      // Another device may count by now: two that do would exceed the limit.
      if (terms?.grantors[0] !== selfDeviceId) return fail('not_admitted')
      return this.#grantor.exchange(call.subject, terms, selfDeviceId, call)
    }
    const reply = await this.#call(grantor, call)
    if (!reply.ok) return reply
    return reply.value.type === 'exchange' ? ok(reply.value) : fail('protocol_error')
  }

  async #lookAt(grantor: DeviceId, subject: LimitSubject): Promise<Result<LookReply>> {
    const reply = await this.#call(grantor, { type: 'look', subject })
    if (!reply.ok) return reply
    return reply.value.type === 'look' ? ok(reply.value) : fail('protocol_error')
  }

  async #handOverFrom(deviceId: DeviceId, subject: LimitSubject): Promise<Result<HandedLedger>> {
    const reply = await this.#call(deviceId, { type: 'handOver', subject })
    if (!reply.ok) return reply
    return reply.value.type === 'handOver' ? ok(reply.value.ledger) : fail('protocol_error')
  }

  async #recallFrom(deviceId: DeviceId, call: RecallCall): Promise<Result<RecallReply>> {
    if (deviceId === this.options.selfDeviceId) {
      const terms = await this.options.termsOf(call.subject)
      return terms ? ok(await this.#holder.recall(call.subject, terms, call)) : fail('not_admitted')
    }
    const reply = await this.#call(deviceId, call)
    if (!reply.ok) return reply
    return reply.value.type === 'recall' ? ok(reply.value) : fail('protocol_error')
  }

  async #call(deviceId: DeviceId, call: LeaseQuotaCall): Promise<Result<LeaseQuotaReply>> {
    const target = this.options.machines.list().find((machine) => machine.deviceId === deviceId)
    if (!target) return fail('machine_unreachable', { machine: this.options.machineName(deviceId) })
    return this.options.clients.call(target, 'leaseQuota', call)
  }

  #clock(): Clock {
    const { nowMs, elapsedMs } = this.options
    return { nowMs: nowMs(), elapsedMs: elapsedMs ? elapsedMs() : performance.now() }
  }

  #isReachable(deviceId: DeviceId): boolean {
    const { selfDeviceId, machines } = this.options
    return deviceId === selfDeviceId || machines.list().some((machine) => machine.deviceId === deviceId)
  }

  #reach(): void {
    const failed = (cause: unknown): void => this.options.log.error({ cause }, 'limits could not be reported')
    this.#holder.reach((deviceId) => this.#isReachable(deviceId)).catch(failed)
  }

  #changed(subject: LimitSubject): void {
    for (const listener of this.#listeners) listener(subject)
  }
}

/** How limits stand of which nothing is known to be used. */
function untouched({ limits, timeZone }: LimitTerms, nowMs: number): LimitState[] {
  return heldLimits(limits).map(([name, limit]) => {
    const { endMs } = windowOf(name, timeZone, nowMs)
    const resetsAtMs = name === 'concurrentRequests' ? null : endMs
    return { name, limit, used: 0, left: limit, resetsAtMs, wouldRefuse: 0 }
  })
}
