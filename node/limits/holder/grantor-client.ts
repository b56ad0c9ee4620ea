import { withDeadline } from '../../base/deadline.ts'
import {
  maxNeeds,
  type ExchangeCall,
  type ExchangeReply,
  type LeaseNeed,
} from '../../protocol/messages/lease-messages.ts'
import { exchangeMs, freshMs } from '../times.ts'
import type { HolderOptions } from './holder-options.ts'
import type { Holding } from './holding.ts'

/** Makes the exchanges of one holding with its grantor, one at a time. */
export class GrantorClient {
  /** When the grantor was last asked, by a clock that nobody sets. */
  #askedElapsedMs = -Infinity

  constructor(
    private readonly holding: Holding,
    private readonly options: Pick<HolderOptions, 'clock' | 'grantorAt'>,
  ) {}

  /** Whether the grantor was asked so long ago that others may have used much since. */
  get isStale(): boolean {
    return this.options.clock().elapsedMs - this.#askedElapsedMs >= freshMs
  }

  /** One exchange with the grantor, taken in; null when it cannot be had. The caller ends it (`endExchange`). */
  async ask(needs: readonly LeaseNeed[], isLeaving = false): Promise<ExchangeReply | null> {
    const { subject, budget, terms } = this.holding
    const { record } = budget
    const [grantor] = terms.grantors
    if (!grantor) return null
    const report = budget.report()
    budget.isDirty = false
    this.holding.beginExchange(report.sequence)
    const carried = record.carried.filter(({ isOpen }) => !isOpen).slice(0, maxNeeds)
    const vouchers = budget.vouchers.unshown()
    const asked = this.options.clock()
    this.#askedElapsedMs = asked.elapsedMs
    const call: ExchangeCall = {
      type: 'exchange',
      subject,
      incarnation: record.incarnation,
      ...report,
      shareNumber: record.share?.number ?? 0,
      needs: [...needs],
      carried: carried.map(({ sequence, tokens }) => ({ sequence, tokens })),
      vouchers,
      isLeaving,
    }
    const exchanged = await withDeadline(this.options.grantorAt(grantor).exchange(call), exchangeMs)
    if (!exchanged.inTime || !exchanged.value.ok) {
      budget.isDirty = true
      this.holding.endExchange()
      return null
    }
    const reply = exchanged.value.value
    const replied = this.options.clock()
    // An exchange that seems to have lasted longer than it may has seen the clock being set, or the computer asleep.
    const lastedMs = replied.nowMs - asked.nowMs
    if (lastedMs >= 0 && lastedMs <= exchangeMs) budget.setClock(reply.nowMs, replied.nowMs - lastedMs / 2)
    budget.roll(terms, replied)
    budget.apply(reply, replied)
    record.carried = record.carried.filter((lease) => !carried.includes(lease))
    budget.vouchers.shown(vouchers)
    return reply
  }
}
