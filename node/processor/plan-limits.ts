import type { AccountId } from '../contract/ids.ts'
import type { LimitService } from '../limits/limit-service.ts'
import type { LimitSubject, LimitTerms } from '../limits/limiter.ts'
import type { PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import type { Caller } from '../protocol/machines.ts'
import { needOf, withinReservation } from '../limits/within-reservation.ts'

export interface ProcessorLimitsOptions {
  readonly accountId: AccountId
  readonly limits: Pick<LimitService, 'reserve' | 'redeem'>
  /** What a member's plan allows, and who counts it. */
  readonly planOf: (subject: LimitSubject) => LimitTerms
}

/** Holds other members to their plans on this computer. The owner's own questions have no plan here. */
export class ProcessorLimits {
  constructor(private readonly options: ProcessorLimitsOptions) {}

  /** Sets aside what the question may use, or takes the plan lease that came with it. */
  async *within(
    request: PromptRequest,
    caller: Caller | null,
    signal: AbortSignal,
    answer: (maxTokens: number) => AsyncIterable<ServedPart>,
  ): AsyncGenerator<ServedPart, void, undefined> {
    const { accountId: ownAccountId, limits, planOf } = this.options
    const accountId = request.consumer?.accountId ?? caller?.accountId ?? ownAccountId
    const subject: LimitSubject = { kind: 'member', poolId: request.poolId, accountId, keyId: null }
    const terms = planOf(subject)
    if (accountId === ownAccountId || Object.keys(terms.limits).length === 0) {
      yield* answer(request.maxTokens)
      return
    }
    const need = needOf(request, terms)
    const reserved = request.planLease
      ? await limits.redeem(subject, terms, request.planLease, need.tokens)
      : await limits.reserve(subject, terms, need, signal)
    yield* withinReservation(request, reserved, answer)
  }
}
