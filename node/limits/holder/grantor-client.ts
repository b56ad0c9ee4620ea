import { withDeadline } from '../../base/deadline.ts'
import {
  maxNeeds,
  type ExchangeCall,
  type ExchangeReply,
  type LeaseNeed,
} from '../../protocol/messages/lease-messages.ts'
import type { HeldBudget } from './held-budget.ts'
import type { HolderOptions } from './holder-options.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import { exchangeMs, freshMs, recallMs } from '../times.ts'

/** An exchange that the grantor has not answered yet, or whose answer is being taken in. */
interface Exchange {
  readonly sequence: number
  readonly over: Promise<void>
  readonly end: () => void
}

/** What a holder of one subject and its grantor say to each other, one exchange at a time. */
export class GrantorClient {
  #exchange: Exchange | null = null
  /** When the grantor was last asked, by a clock that nobody sets. */
  #askedElapsedMs = -Infinity

  constructor(
    private readonly subject: LimitSubject,
    private readonly budget: HeldBudget,
    private readonly options: Pick<HolderOptions, 'clock' | 'exchange'>,
  ) {}

  /** Whether the grantor was asked so long ago that others may have used much since. */
  get isStale(): boolean {
    return this.options.clock().elapsedMs - this.#askedElapsedMs >= freshMs
  }

  /** One exchange with the grantor, taken in; null when it cannot be had. The caller ends it. */
  async ask(terms: LimitTerms, needs: readonly LeaseNeed[], isLeaving = false): Promise<ExchangeReply | null> {
    const [grantor] = terms.grantors
    const { budget: pool } = this
    if (!grantor) return null
    const { memory, share } = pool.record
    const report = pool.report()
    pool.isDirty = false
    this.#exchange = exchangeOf(report.sequence)
    const carried = pool.record.carried.filter(({ isOpen }) => !isOpen).slice(0, maxNeeds)
    const asked = this.options.clock()
    this.#askedElapsedMs = asked.elapsedMs
    const call: ExchangeCall = {
      type: 'exchange',
      subject: this.subject,
      memory,
      ...report,
      shareNumber: share?.number ?? 0,
      needs: [...needs],
      carried: carried.map(({ sequence, tokens }) => ({ sequence, tokens })),
      isLeaving,
    }
    const reply = await withDeadline(this.options.exchange(grantor, call), exchangeMs)
    if (!reply.inTime || !reply.value.ok) {
      pool.isDirty = true
      this.end()
      return null
    }
    const answered = this.options.clock()
    // An exchange that seems to have lasted longer than it may has seen the clock being set, or the computer asleep.
    const lastedMs = answered.nowMs - asked.nowMs
    if (lastedMs >= 0 && lastedMs <= exchangeMs) pool.setClock(reply.value.value.nowMs, answered.nowMs - lastedMs / 2)
    pool.roll(terms, answered)
    pool.apply(reply.value.value, answered)
    pool.record.carried = pool.record.carried.filter((lease) => !carried.includes(lease))
    return reply.value.value
  }

  /** What was granted has been taken: the grantor may call back what is left. */
  end(): void {
    this.#exchange?.end()
    this.#exchange = null
  }

  /** Waits until an exchange that the grantor has answered is taken in here. */
  async takenIn(answeredSequence: number): Promise<void> {
    const exchange = this.#exchange
    if (exchange && exchange.sequence <= answeredSequence) await withDeadline(exchange.over, recallMs)
  }
}

function exchangeOf(sequence: number): Exchange {
  let end = (): void => undefined
  const over = new Promise<void>((resolve) => (end = resolve))
  return { sequence, over, end }
}
