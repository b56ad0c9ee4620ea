import { randomBytes } from 'node:crypto'
import { withDeadline } from '../../base/deadline.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { LimitState } from '../../contract/limits.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { RecallReply } from '../../protocol/messages/lease-messages.ts'
import type { RecallCall } from '../grantor/call-back.ts'
import { ReservationQueue } from './reservation-queue.ts'
import { HeldBudget } from './held-budget.ts'
import { afterRestart, emptyHolderRecord, holderRecordSchema } from './holder-records.ts'
import type { HolderOptions } from './holder-options.ts'
import { limitKeys, subjectText } from '../limit-keys.ts'
import type { LimitNeed, LimitSubject, LimitTerms, Reservation } from '../limiter.ts'

/** How long a stop waits for what is held to be given back. */
const leaveMs = 1_500

const free: Reservation = { tokens: 0, settle: () => undefined }

/** What this device holds of the limits of all subjects it serves. */
export class Holder {
  readonly #queues = new Map<string, Promise<ReservationQueue>>()
  readonly #open = new Map<string, ReservationQueue>()
  #isStopped = false

  constructor(private readonly options: HolderOptions) {}

  async reserve(
    subject: LimitSubject,
    terms: LimitTerms,
    need: LimitNeed,
    signal: AbortSignal,
  ): Promise<Result<Reservation>> {
    if (Object.keys(terms.limits).length === 0) return ok({ ...free, tokens: need.tokens })
    if (this.#isStopped) return fail('stopped')
    const queue = await this.queue(subject, terms)
    return queue.reserve(terms, { tokens: need.tokens, leastTokens: need.leastTokens ?? need.tokens }, signal)
  }

  /** What the grantor asks back. */
  async recall(subject: LimitSubject, terms: LimitTerms, call: RecallCall): Promise<RecallReply> {
    return (await this.queue(subject, terms)).recall(call)
  }

  states(subject: LimitSubject, terms: LimitTerms): LimitState[] | null {
    const queue = this.#open.get(subjectText(subject))
    if (!queue) return null
    queue.freshen()
    return queue.budget.states(terms, this.options.clock().nowMs)
  }

  /** Machines have come or gone: reports that could not be made are made now. */
  async reach(isReachable: (deviceId: DeviceId) => boolean): Promise<void> {
    const waiting = [...this.#open.values()].filter(
      ({ budget: pool, grantor }) => pool.isDirty && grantor !== null && isReachable(grantor),
    )
    await Promise.all(waiting.map((queue) => queue.report()))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await withDeadline(Promise.all([...this.#open.values()].map((queue) => queue.leave())), leaveMs)
  }

  queue(subject: LimitSubject, terms: LimitTerms): Promise<ReservationQueue> {
    const text = subjectText(subject)
    const known = this.#queues.get(text)
    if (known) return known
    const opening = this.#load(subject, terms)
    this.#queues.set(text, opening)
    opening.then(
      (queue) => this.#open.set(text, queue),
      // Read again at the next request; this one has failed.
      () => this.#queues.delete(text),
    )
    return opening
  }

  async #load(subject: LimitSubject, terms: LimitTerms): Promise<ReservationQueue> {
    const stored = await this.options.bee.get(limitKeys.held(subject), holderRecordSchema)
    const record = stored ? afterRestart(stored) : emptyHolderRecord(randomBytes(16).toString('hex'))
    const budget = new HeldBudget(record)
    // What ran when the last run ended is news to the grantor.
    budget.isDirty = stored !== null
    return new ReservationQueue(subject, budget, terms, this.options)
  }
}
