import { randomBytes } from 'node:crypto'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { RecallReply } from '../../protocol/messages/lease-messages.ts'
import type { Bee } from '../../state/bee.ts'
import { BySubject } from '../by-subject.ts'
import { limitKeys } from '../limit-keys.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import type { HolderPort, RecallCall } from '../network/ports.ts'
import { HeldBudget } from './held-budget.ts'
import { afterRestart, emptyHolderRecord, holderRecordSchema } from './holder-records.ts'
import { Holding, type HoldingOptions } from './holding.ts'

export interface HoldingsOptions extends HoldingOptions {
  readonly bee: Bee
  readonly termsOf: (subject: LimitSubject) => Promise<LimitTerms | null>
}

/** All that this device holds, and the own holder as the grantor on this device sees it. */
export class Holdings implements HolderPort {
  readonly #holdings = new BySubject<Holding>((subject, terms) => this.#load(subject, terms))

  constructor(private readonly options: HoldingsOptions) {}

  open(subject: LimitSubject, terms: LimitTerms): Promise<Holding> {
    return this.#holdings.open(subject, terms)
  }

  get(subject: LimitSubject): Holding | null {
    return this.#holdings.get(subject)
  }

  values(): readonly Holding[] {
    return this.#holdings.values()
  }

  async recall(call: RecallCall): Promise<Result<RecallReply>> {
    const terms = await this.options.termsOf(call.subject)
    if (!terms) return fail('not_admitted')
    const holding = await this.open(call.subject, terms)
    return ok(await holding.recall(call))
  }

  async #load(subject: LimitSubject, terms: LimitTerms): Promise<Holding> {
    const stored = await this.options.bee.get(limitKeys.held(subject), holderRecordSchema)
    const record = stored ? afterRestart(stored) : emptyHolderRecord(randomBytes(16).toString('hex'))
    const budget = new HeldBudget(record)
    // What ran when the last run ended has not been reported.
    budget.isDirty = stored !== null
    return new Holding(subject, budget, terms, this.options)
  }
}
