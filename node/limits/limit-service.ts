import type { Facility, Health } from '../base/facility.ts'
import { healthy } from '../base/facility.ts'
import { Listeners } from '../base/listeners.ts'
import type { Log } from '../base/log.ts'
import type { DeviceId } from '../contract/ids.ts'
import type { LimitState } from '../contract/limits.ts'
import { fail, type Result } from '../contract/result.ts'
import type { Caller } from '../access/standing.ts'
import type { LeaseQuotaCall, LeaseQuotaReply } from '../protocol/messages/lease-messages.ts'
import type { Bee } from '../state/bee.ts'
import { Grantor, type GrantorOptions } from './grantor/grantor.ts'
import { LocalGrantor } from './grantor/local-grantor.ts'
import type { TakeOverOptions } from './grantor/take-over.ts'
import { Holder } from './holder/holder.ts'
import { Holdings } from './holder/holdings.ts'
import type { AskedBy } from './holder/vouchers.ts'
import { RemoteLimitStates } from './holder/remote-limit-states.ts'
import { Journal } from './journal.ts'
import { LeavingReservations } from './leaving.ts'
import { heldLimits, windowOf } from './limit-names.ts'
import type { LimitNeed, LimitSubject, LimitTerms, Limiter, Reservation } from './limiter.ts'
import { LeaseCalls, type LeaseCallsOptions } from './network/lease-calls.ts'
import { LeaseQuotaHandler, type LeaseQuotaOptions } from './network/lease-quota-handler.ts'
import type { GrantorPort } from './network/ports.ts'
import { RemoteGrantor } from './network/remote-grantor.ts'
import { RemoteHolder } from './network/remote-holder.ts'
import { RealClock, systemClock, type RealClockOptions } from './real-clock.ts'
import { sweep } from './sweep.ts'
import { VoucherBook } from './voucher-book.ts'

export interface LimitServiceOptions
  extends
    LeaseCallsOptions,
    LeaseQuotaOptions,
    Pick<TakeOverOptions, 'holders' | 'usedIn'>,
    Pick<GrantorOptions, 'partyOf' | 'speaksFor'> {
  /** Signs plan leases where this device is a coordinator. */
  readonly deviceSecretKey: Uint8Array
  readonly bee: Bee
  /** A clock that only runs on; absent takes that of the process. */
  readonly elapsedMs?: () => number
  /** How long the computer has been on; absent takes what the system says. */
  readonly computer?: Pick<RealClockOptions, 'uptimeMs' | 'bootId'>
  readonly log: Log
}

/** Limits of keys and members on one device: as grantor of some subjects, as holder of others. */
export class LimitService implements Limiter, Facility {
  readonly name = 'limits'
  /** What is held is given back at the stop, so calls have to work until then. */
  readonly needs = ['pools', 'service-clients', 'key-book']
  readonly #journal: Journal
  readonly #vouchers: VoucherBook
  readonly #calls: LeaseCalls
  readonly #grantor: Grantor
  readonly #grantorAt: (deviceId: DeviceId) => GrantorPort
  readonly #holder: Holder
  readonly #leaving = new LeavingReservations()
  readonly #remoteStates: RemoteLimitStates
  readonly #handler: LeaseQuotaHandler
  readonly #listeners = new Listeners<LimitSubject>()
  #unsubscribe: () => void = () => undefined

  /** Each part knows only those made before it, also where this device is its own grantor. DEV.md has the picture. */
  constructor(private readonly options: LimitServiceOptions) {
    const { selfDeviceId, nowMs, elapsedMs = () => performance.now() } = options
    const journal = new Journal(options.bee)
    const calls = new LeaseCalls(options)
    const clock = (): { nowMs: number; elapsedMs: number } => ({ nowMs: nowMs(), elapsedMs: elapsedMs() })
    const isReachable = (deviceId: DeviceId): boolean => calls.isReachable(deviceId)
    const onChange = (subject: LimitSubject): void => this.#changed(subject)

    const holdings = new Holdings({ ...options, journal, clock })
    this.#grantor = new Grantor({
      ...options,
      ...(options.computer ?? systemClock),
      elapsedMs,
      journal,
      isReachable,
      holderAt: (deviceId) => (deviceId === selfDeviceId ? holdings : new RemoteHolder(deviceId, calls)),
      handOver: (deviceId, subject) => new RemoteGrantor(deviceId, calls).handOver(subject),
      onChange,
    })
    const ownGrantor = new LocalGrantor(options, this.#grantor)
    this.#grantorAt = (deviceId) => (deviceId === selfDeviceId ? ownGrantor : new RemoteGrantor(deviceId, calls))
    this.#holder = new Holder({ ...options, clock, grantorAt: this.#grantorAt, onChange }, holdings)
    this.#remoteStates = new RemoteLimitStates({
      nowMs,
      isReachable,
      look: (deviceId, subject) => new RemoteGrantor(deviceId, calls).look(subject),
      onChange,
    })
    this.#handler = new LeaseQuotaHandler(options, this.#grantor, holdings)
    this.#journal = journal
    this.#vouchers = new VoucherBook(options)
    this.#calls = calls
  }

  async start(): Promise<void> {
    const { bee, nowMs, computer = systemClock } = this.options
    const clock = await RealClock.open({ ...computer, nowMs }, bee)
    await sweep(bee, { nowMs: nowMs(), realMs: clock.realMs })
    await this.#vouchers.open()
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
    askedBy: AskedBy | null = null,
  ): Promise<Result<Reservation>> {
    return this.#leaving.reserve(subject, signal, () => this.#holder.reserve(subject, terms, need, signal, askedBy))
  }

  /** Our word for one more request of a member on a machine, which counts the member's plan there. */
  voucher(subject: LimitSubject, processorDeviceId: DeviceId, tokens: number): string | undefined {
    return this.#vouchers.sign(subject, processorDeviceId, tokens)
  }

  /** Takes a plan lease that came with a member's request, instead of a reservation of our own. */
  redeem(subject: LimitSubject, terms: LimitTerms, lease: string, tokens: number): Promise<Result<Reservation>> {
    return this.#holder.redeem(subject, terms, lease, tokens)
  }

  /** Gets a plan lease for a processor; the coordinator has to be in reach. */
  async carry(
    subject: LimitSubject,
    terms: LimitTerms,
    processorDeviceId: DeviceId,
    tokens: number,
  ): Promise<Result<string>> {
    const [grantor] = terms.grantors
    if (!grantor) return fail('machine_unreachable', { machine: '' })
    return this.#grantorAt(grantor).carry(subject, processorDeviceId, tokens)
  }

  states(subject: LimitSubject, terms: LimitTerms): LimitState[] {
    const { selfDeviceId, nowMs } = this.options
    if (terms.grantors[0] === selfDeviceId) return this.#grantor.states(subject, terms) ?? untouched(terms, nowMs())
    const held = this.#holder.states(subject, terms)
    if (held) return held
    const remote = this.#remoteStates.states(subject, terms) ?? []
    return untouched(terms, nowMs()).map((state) => remote.find(({ name }) => name === state.name) ?? state)
  }

  /** A request of ours was served: how limits stand that others count is asked for again. */
  refresh(): void {
    this.#remoteStates.refresh()
  }

  onChange(listener: (subject: LimitSubject) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** `leaseQuota` from another device. */
  handle(caller: Caller, call: LeaseQuotaCall): Promise<Result<LeaseQuotaReply>> {
    return this.#handler.handle(caller, call)
  }

  #reach(): void {
    const failed = (cause: unknown): void => this.options.log.error({ cause }, 'limits could not be reported')
    this.#holder.reach((deviceId) => this.#calls.isReachable(deviceId)).catch(failed)
  }

  #changed(subject: LimitSubject): void {
    this.#listeners.emit(subject)
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
