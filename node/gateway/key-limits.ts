import { refusalOfKeyUse, refusalOfMissingKey } from '../access/keys.ts'
import type { AccountId, DeviceId } from '../contract/ids.ts'
import type { KeyChecker } from '../keys/key-principal.ts'
import { keySubject, keyTerms } from '../keys/key-terms.ts'
import type { LimitService } from '../limits/limit-service.ts'
import type { LimitSubject, LimitTerms } from '../limits/limiter.ts'
import type { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import type { PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import { mostTokens } from '../limits/voucher.ts'
import { leaseTokens, needOf, outputWithin, withinReservation } from '../limits/within-reservation.ts'

/** Enforces the limits of a key on every request made with it. */
export interface KeyLimits {
  /** Sets aside what the request may use, then has it generated. */
  within(
    request: PromptRequest,
    signal: AbortSignal,
    generate: (held: PromptRequest) => AsyncIterable<ServedPart>,
  ): AsyncIterable<ServedPart>
  /** A plan lease for a machine that cannot ask the coordinator itself; null where none can be had. */
  planLease(request: PromptRequest, processorDeviceId: DeviceId): Promise<string | null>
  /** Our word for a request, for a machine that counts the member's plan; none where the plan has no limits. */
  planVoucher(request: PromptRequest, processorDeviceId: DeviceId): string | undefined
}

export interface GatewayLimitsOptions {
  readonly accountId: AccountId
  readonly limits: Pick<LimitService, 'reserve' | 'carry' | 'voucher'>
  readonly keys: Pick<KeyChecker, 'get'>
  readonly planOf: (subject: LimitSubject) => LimitTerms
  readonly estimates: PromptEstimates
}

/** The limits of the keys that this gateway knows. */
export class GatewayLimits implements KeyLimits {
  constructor(private readonly options: GatewayLimitsOptions) {}

  async *within(
    request: PromptRequest,
    signal: AbortSignal,
    generate: (held: PromptRequest) => AsyncIterable<ServedPart>,
  ): AsyncGenerator<ServedPart, void, undefined> {
    const { consumer } = request
    if (!consumer?.keyId) {
      yield* generate(request)
      return
    }
    const key = await this.options.keys.get(consumer.accountId, consumer.keyId)
    if (!key) return yield { type: 'failed', error: refusalOfMissingKey({ isAllKnown: false }), usage: null }
    const refusal = refusalOfKeyUse({ state: key.state, isOfPool: key.poolId === request.poolId })
    if (refusal) return yield { type: 'failed', error: refusal, usage: null }
    const subject = keySubject(key)
    const terms = keyTerms(key)
    const need = needOf(request, terms, this.options.estimates)
    const reserved = await this.options.limits.reserve(subject, terms, need, signal)
    yield* withinReservation(reserved, need.tokens, signal, ({ tokens }) =>
      generate({ ...request, maxTokens: outputWithin(need, tokens, request.mayShorten === true) }),
    )
  }

  async planLease(request: PromptRequest, processorDeviceId: DeviceId): Promise<string | null> {
    const accountId = request.consumer?.accountId ?? this.options.accountId
    const subject: LimitSubject = { kind: 'member', poolId: request.poolId, accountId, keyId: null }
    const terms = this.options.planOf(subject)
    const lease = await this.options.limits.carry(subject, terms, processorDeviceId, leaseTokens(request))
    return lease.ok ? lease.value : null
  }

  planVoucher(request: PromptRequest, processorDeviceId: DeviceId): string | undefined {
    const accountId = request.consumer?.accountId ?? this.options.accountId
    const subject: LimitSubject = { kind: 'member', poolId: request.poolId, accountId, keyId: null }
    // A plan lease is proof enough of itself.
    if (request.planLease || Object.keys(this.options.planOf(subject).limits).length === 0) return undefined
    return this.options.limits.voucher(subject, processorDeviceId, mostTokens(request))
  }
}
