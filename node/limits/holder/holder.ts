import { randomBytes } from 'node:crypto'
import { withDeadline } from '../../base/deadline.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { LimitState } from '../../contract/limits.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { RecallReply } from '../../protocol/messages/lease-messages.ts'
import type { RecallCall } from '../grantor/call-back.ts'
import { Desk } from './reservation-queue.ts'
import { HolderPool } from './held-budget.ts'
import { afterRestart, emptyHolderRecord, holderRecordSchema } from './holder-records.ts'
import type { HolderOptions } from './holder-options.ts'
import { limitKeys, subjectText } from '../limit-keys.ts'
import type { LimitNeed, LimitSubject, LimitTerms, Reservation } from '../limiter.ts'

/** How long a stop waits for what is held to be given back. */
const leaveMs = 1_500

const free: Reservation = { tokens: 0, settle: () => undefined }

/** What this device holds of the limits of all subjects it serves. */
export class Holder {
  readonly #desks = new Map<string, Promise<Desk>>()
  readonly #open = new Map<string, Desk>()
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
    const desk = await this.desk(subject, terms)
    return desk.reserve(terms, { tokens: need.tokens, leastTokens: need.leastTokens ?? need.tokens }, signal)
  }

  /** What the grantor asks back. */
  async recall(subject: LimitSubject, terms: LimitTerms, call: RecallCall): Promise<RecallReply> {
    return (await this.desk(subject, terms)).recall(call)
  }

  states(subject: LimitSubject, terms: LimitTerms): LimitState[] | null {
    const desk = this.#open.get(subjectText(subject))
    if (!desk) return null
    desk.freshen()
    return desk.pool.states(terms, this.options.clock().nowMs)
  }

  /** Machines have come or gone: reports that could not be made are made now. */
  async reach(isReachable: (deviceId: DeviceId) => boolean): Promise<void> {
    const waiting = [...this.#open.values()].filter(
      ({ pool, grantor }) => pool.hasNews && grantor !== null && isReachable(grantor),
    )
    await Promise.all(waiting.map((desk) => desk.report()))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await withDeadline(Promise.all([...this.#open.values()].map((desk) => desk.leave())), leaveMs)
  }

  desk(subject: LimitSubject, terms: LimitTerms): Promise<Desk> {
    const text = subjectText(subject)
    const known = this.#desks.get(text)
    if (known) return known
    const opening = this.#load(subject, terms)
    this.#desks.set(text, opening)
    opening.then(
      (desk) => this.#open.set(text, desk),
      // Read again at the next request; this one has failed.
      () => this.#desks.delete(text),
    )
    return opening
  }

  async #load(subject: LimitSubject, terms: LimitTerms): Promise<Desk> {
    const stored = await this.options.bee.get(limitKeys.held(subject), holderRecordSchema)
    const record = stored ? afterRestart(stored) : emptyHolderRecord(randomBytes(16).toString('hex'))
    const pool = new HolderPool(record)
    // What ran when the last run ended is news to the grantor.
    pool.hasNews = stored !== null
    return new Desk(subject, pool, terms, this.options)
  }
}
