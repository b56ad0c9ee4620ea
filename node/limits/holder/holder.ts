import { withDeadline } from '../../base/deadline.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { LimitState } from '../../contract/limits.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { LimitNeed, LimitSubject, LimitTerms, Reservation } from '../limiter.ts'
import { openPlanLease } from '../plan-lease.ts'
import type { HolderOptions } from './holder-options.ts'
import type { Holding } from './holding.ts'
import type { Holdings } from './holdings.ts'
import { redeem } from './redeem.ts'
import type { AskedBy } from './vouchers.ts'
import { ReservationQueue } from './reservation-queue.ts'

/** How long a stop waits for what is held to be given back. */
const leaveMs = 1_500

const free: Reservation = { tokens: 0, settle: () => undefined }

/** Reserves on this device, for all subjects it serves. */
export class Holder {
  readonly #queues = new WeakMap<Holding, ReservationQueue>()
  #isStopped = false

  constructor(
    private readonly options: HolderOptions,
    private readonly holdings: Holdings,
  ) {}

  async reserve(
    subject: LimitSubject,
    terms: LimitTerms,
    need: LimitNeed,
    signal: AbortSignal,
    askedBy: AskedBy | null,
  ): Promise<Result<Reservation>> {
    if (Object.keys(terms.limits).length === 0) return ok({ ...free, tokens: need.tokens })
    if (this.#isStopped) return fail('stopped')
    const queue = await this.#queue(subject, terms)
    const { tokens, leastTokens = tokens, leastAloneTokens = leastTokens } = need
    const { selfDeviceId, clock, machineName } = this.options
    const [grantor = null] = terms.grantors
    const asked = { selfDeviceId, nowMs: clock().nowMs, tokens }
    if (askedBy && grantor !== selfDeviceId && !queue.holding.budget.vouchers.cover(askedBy, subject, asked)) {
      // Whoever counts would not believe it: the gateway has to ask there itself.
      return fail('limit_home_away', { machine: grantor === null ? '' : machineName(grantor) })
    }
    return queue.reserve(terms, { tokens, leastTokens, leastAloneTokens }, signal)
  }

  /** Takes a plan lease that came with a request, instead of a reservation of our own. */
  async redeem(subject: LimitSubject, terms: LimitTerms, text: string, tokens: number): Promise<Result<Reservation>> {
    const opened = openPlanLease(text, terms.grantors)
    if (!opened) return fail('lease_invalid', { reason: 'it was not signed by a coordinator of the pool' })
    const { selfDeviceId, clock, log } = this.options
    const queue = await this.#queue(subject, terms)
    return redeem({ ...opened, subject, tokens, selfDeviceId, clock: clock(), terms, queue, log })
  }

  /** How the limits stand, as far as it is known here; null where nothing is held. */
  states(subject: LimitSubject, terms: LimitTerms): LimitState[] | null {
    const holding = this.holdings.get(subject)
    if (!holding) return null
    this.#queueOf(holding).freshen()
    return holding.budget.states(terms, this.options.clock().nowMs)
  }

  /** Machines have come or gone: reports that could not be made are made now. */
  async reach(isReachable: (deviceId: DeviceId) => boolean): Promise<void> {
    const dirty = this.holdings.values().filter(({ budget }) => budget.isDirty)
    const waiting = dirty.map((holding) => this.#queueOf(holding))
    await Promise.all(
      waiting.filter(({ grantor }) => grantor !== null && isReachable(grantor)).map((queue) => queue.report()),
    )
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    const queues = this.holdings.values().map((holding) => this.#queueOf(holding))
    await withDeadline(Promise.all(queues.map((queue) => queue.leave())), leaveMs)
  }

  async #queue(subject: LimitSubject, terms: LimitTerms): Promise<ReservationQueue> {
    return this.#queueOf(await this.holdings.open(subject, terms))
  }

  #queueOf(holding: Holding): ReservationQueue {
    const known = this.#queues.get(holding)
    if (known) return known
    const queue = new ReservationQueue(holding, this.options)
    this.#queues.set(holding, queue)
    return queue
  }
}
