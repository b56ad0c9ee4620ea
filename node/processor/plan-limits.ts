import type { Caller } from '../access/standing.ts'
import type { AccountId } from '../contract/ids.ts'
import type { LimitService } from '../limits/limit-service.ts'
import type { LimitSubject, LimitTerms } from '../limits/limiter.ts'
import { leaseTokens, needOf, outputWithin, withinReservation } from '../limits/within-reservation.ts'
import type { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import type { PromptRequest, ServedPart } from '../protocol/messages/generation.ts'

/** Holds other members to their plans. */
export interface PlanLimits {
  /** Sets aside what the request may use, or takes the plan lease that came with it; then generates. */
  within(
    request: PromptRequest,
    caller: Caller | null,
    signal: AbortSignal,
    generate: (maxTokens: number) => AsyncIterable<ServedPart>,
  ): AsyncIterable<ServedPart>
}

export interface ProcessorLimitsOptions {
  readonly accountId: AccountId
  readonly limits: Pick<LimitService, 'reserve' | 'redeem'>
  /** What a member's plan allows, and who counts it. */
  readonly planOf: (subject: LimitSubject) => LimitTerms
  readonly estimates: PromptEstimates
}

/** The plans of a pool on this computer. The owner's own requests have no plan here. */
export class ProcessorLimits implements PlanLimits {
  constructor(private readonly options: ProcessorLimitsOptions) {}

  async *within(
    request: PromptRequest,
    caller: Caller | null,
    signal: AbortSignal,
    generate: (maxTokens: number) => AsyncIterable<ServedPart>,
  ): AsyncGenerator<ServedPart, void, undefined> {
    const { accountId: ownAccountId, limits, planOf, estimates } = this.options
    const accountId = request.consumer?.accountId ?? caller?.accountId ?? ownAccountId
    const subject: LimitSubject = { kind: 'member', poolId: request.poolId, accountId, keyId: null }
    const terms = planOf(subject)
    if (accountId === ownAccountId || Object.keys(terms.limits).length === 0) {
      yield* generate(request.maxTokens)
      return
    }
    const need = needOf(request, terms, estimates)
    const { planLease } = request
    const askedBy = caller && { deviceId: caller.deviceId, voucher: request.planVoucher }
    const mostTokens = planLease ? leaseTokens(request) : need.tokens
    const reserved = planLease
      ? await limits.redeem(subject, terms, planLease, mostTokens)
      : await limits.reserve(subject, terms, need, signal, askedBy)
    yield* withinReservation(reserved, mostTokens, signal, ({ tokens }) =>
      generate(planLease ? need.outputTokens : outputWithin(need, tokens, request.mayShorten === true)),
    )
  }
}
