import type { HttpUsage } from './schemas.ts'
import type { LimitState } from '../contract/limits.ts'
import type { UsageTotals } from '../contract/usage.ts'
import { callerOf, needsCaller } from './auth.ts'
import { HttpRefusal } from './errors.ts'
import type { LocalApiOptions } from './local-api-options.ts'
import type { TypedServer } from './typed-server.ts'

/** `GET /v1/usage`: what this key has used and has left. Every key may ask that about itself. */
export function addUsageRoute(app: TypedServer, options: LocalApiOptions, closing: AbortSignal): void {
  app.get('/v1/usage', { onRequest: needsCaller(options, closing, null) }, async (request): Promise<HttpUsage> => {
    const caller = callerOf(request)
    const usage = await options.usage(caller)
    if (!usage.ok) throw new HttpRefusal(usage.error)
    return {
      object: 'usage',
      account_id: caller.accountId,
      key_id: caller.keyId,
      pool_id: caller.poolId,
      limits: options.limits(caller).map(limitOf),
      today: totalsOf(usage.value.today),
      this_month: totalsOf(usage.value.thisMonth),
    }
  })
}

function limitOf({ name, limit, used, left, resetsAtMs, wouldRefuse }: LimitState): HttpUsage['limits'][number] {
  const resetsAt = resetsAtMs === null ? null : Math.ceil(resetsAtMs / 1_000)
  return { name, limit, used, left, resets_at: resetsAt, would_refuse: wouldRefuse }
}

function totalsOf({ requests, failures, promptTokens, completionTokens }: UsageTotals): HttpUsage['today'] {
  return {
    requests,
    failures,
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  }
}
