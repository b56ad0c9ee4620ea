import { withDeadline } from '../../base/deadline.ts'
import type { RecallReply } from '../../protocol/messages/lease-messages.ts'
import type { Journal } from '../journal.ts'
import { limitKeys } from '../limit-keys.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import type { RecallCall } from '../network/ports.ts'
import { recallMs } from '../times.ts'
import type { Clock, HeldBudget } from './held-budget.ts'

export interface HoldingOptions {
  readonly journal: Journal
  readonly clock: () => Clock
}

/** An exchange whose reply has not come yet, or is being taken in. */
interface Exchange {
  readonly sequence: number
  readonly over: Promise<void>
  readonly end: () => void
}

/**
 * What this device holds of one subject, and the exchange about it that is under way.
 *
 * It knows no grantor: the queue above it asks one, and the grantor, which may be on this same device, recalls
 * from here. So neither leads back to the other.
 */
export class Holding {
  #exchange: Exchange | null = null

  constructor(
    readonly subject: LimitSubject,
    readonly budget: HeldBudget,
    /** Those of the latest request. */
    public terms: LimitTerms,
    private readonly options: HoldingOptions,
  ) {}

  /** The grantor is asked, one exchange at a time. */
  beginExchange(sequence: number): void {
    this.#exchange = exchangeOf(sequence)
  }

  /** What was granted has been taken: the grantor may call back what is left. */
  endExchange(): void {
    this.#exchange?.end()
    this.#exchange = null
  }

  /**
   * Gives back what is idle, at the grantor's wish. Exchanges that it has replied to are taken in first.
   *
   * One that it has not replied to is not waited for, nor is the queue: the grantor may recall while it is being
   * asked, also by this device, and each would wait for the other.
   */
  async recall({ answeredSequence, nowMs }: RecallCall): Promise<RecallReply> {
    const exchange = this.#exchange
    if (exchange && exchange.sequence <= answeredSequence) await withDeadline(exchange.over, recallMs)
    const clock = this.options.clock()
    this.budget.setClock(nowMs, clock.nowMs)
    this.budget.roll(this.terms, clock)
    this.budget.giveBack('all')
    const report = this.budget.report()
    await this.keep()
    const vouchers = this.budget.vouchers.all()
    return { type: 'recall', incarnation: this.budget.record.incarnation, ...report, vouchers }
  }

  /** Writes down what is held, with whatever else waits to be written. */
  async keep(): Promise<void> {
    const { journal } = this.options
    journal.note(limitKeys.held(this.subject), () => this.budget.record)
    await journal.written()
  }
}

function exchangeOf(sequence: number): Exchange {
  let end = (): void => undefined
  const over = new Promise<void>((resolve) => (end = resolve))
  return { sequence, over, end }
}
