import { kithError, type KithError } from '../contract/errors.ts'
import type { AccountId, DeviceId } from '../contract/ids.ts'
import type { KeyChecker, KnownKey } from '../keys/key-principal.ts'
import type { LimitService } from '../limits/limit-service.ts'
import type { LimitSubject, LimitTerms } from '../limits/limiter.ts'
import type { PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import { needOf, withinReservation } from '../limits/within-reservation.ts'

export interface GatewayLimitsOptions {
  readonly accountId: AccountId
  readonly limits: Pick<LimitService, 'reserve' | 'carry'>
  readonly keys: Pick<KeyChecker, 'get'>
  readonly planOf: (subject: LimitSubject) => LimitTerms
}

/** How soon a key that has not arrived here may be tried again. */
const notReadySeconds = 5

/** Holds every question with a key to the limits of that key. */
export class GatewayLimits {
  constructor(private readonly options: GatewayLimitsOptions) {}

  /** Sets aside what the question may use, and passes on the answer to it. */
  async *within(
    request: PromptRequest,
    signal: AbortSignal,
    answer: (held: PromptRequest) => AsyncIterable<ServedPart>,
  ): AsyncGenerator<ServedPart, void, undefined> {
    const { consumer } = request
    if (!consumer?.keyId) {
      yield* answer(request)
      return
    }
    const key = await this.options.keys.get(consumer.accountId, consumer.keyId)
    const refusal = refusalOf(key, request)
    if (!key || refusal) return yield { type: 'failed', error: refusal ?? notReady(), usage: null }
    const subject = keySubject(key)
    const terms = keyTerms(key)
    const reserved = await this.options.limits.reserve(subject, terms, needOf(request, terms), signal)
    yield* withinReservation(request, reserved, (maxTokens) => answer({ ...request, maxTokens }))
  }

  /** A plan lease for a machine that cannot ask the coordinator itself; null where there is none to be had. */
  async planLease(request: PromptRequest, processorDeviceId: DeviceId): Promise<string | null> {
    const accountId = request.consumer?.accountId ?? this.options.accountId
    const subject: LimitSubject = { kind: 'member', poolId: request.poolId, accountId, keyId: null }
    const terms = this.options.planOf(subject)
    const lease = await this.options.limits.carry(subject, terms, processorDeviceId, needOf(request, terms).tokens)
    return lease.ok ? lease.value : null
  }
}

export function keySubject({
  poolId,
  accountId,
  keyId,
}: Pick<KnownKey, 'poolId' | 'accountId' | 'keyId'>): LimitSubject {
  return { kind: 'key', poolId, accountId, keyId }
}

export function keyTerms(
  key: Pick<KnownKey, 'limits' | 'limitMode' | 'timeZone' | 'homeDeviceId' | 'movedFrom'>,
): LimitTerms {
  const { limits, limitMode, timeZone, homeDeviceId, movedFrom } = key
  return { limits, limitMode, timeZone, grantors: [homeDeviceId], before: movedFrom }
}

/** A key may have been switched off, or meant for another pool, since it was checked where it was shown. */
function refusalOf(key: KnownKey | null, request: PromptRequest): KithError | null {
  if (!key) return notReady()
  if (key.state === 'disabled') return kithError('key_disabled')
  if (key.state === 'revoked') return kithError('key_revoked')
  if (key.state === 'expired') return kithError('key_expired')
  return key.poolId === request.poolId ? null : kithError('key_foreign')
}

function notReady(): KithError {
  return kithError('key_not_ready', { seconds: notReadySeconds })
}
