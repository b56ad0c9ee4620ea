import type { Log } from '../base/log.ts'
import type { AccountId, PoolId } from '../contract/ids.ts'
import { ok, type Result } from '../contract/result.ts'
import type { Model, Settings } from '../contract/state.ts'
import { LocalApi } from '../http/local-api.ts'
import type { LocalApiOptions, OfferedModel, Principal } from '../http/local-api-options.ts'
import type { KeyChecker, KeyPrincipal } from '../keys/key-principal.ts'
import type { MachineDirectory } from '../protocol/machines.ts'
import { keyTerms } from '../gateway/key-limits.ts'

export interface SessionApiOptions extends Pick<
  LocalApiOptions,
  'ask' | 'limits' | 'usage' | 'call' | 'log' | 'onChange'
> {
  readonly accountId: AccountId
  readonly settings: () => Settings
  readonly keys: Pick<KeyChecker, 'check'>
  /** Whether a session's token is one of this account's, and still good. */
  readonly checkToken: (token: string) => Promise<Result<void>>
  readonly machines: MachineDirectory
  /** Pools of the account, the usual one first. */
  readonly poolIds: () => readonly PoolId[]
  /** What this computer can answer for itself, and what it shares. */
  readonly ownModels: () => readonly Model[]
  readonly sharedModels: () => readonly Model[]
  readonly log: Log
}

/** The local API of whoever is signed in. */
export function createSessionApi(options: SessionApiOptions): LocalApi {
  const { ask, limits, usage, call, log, onChange } = options
  return new LocalApi({
    isEnabled: () => options.settings().isApiEnabled ?? true,
    port: () => options.settings().apiPort ?? null,
    authenticate: (bearer, signal) => authenticate(options, bearer, signal),
    models: (principal) => offeredTo(options, principal),
    usualPool: (principal) => principal.poolId ?? options.poolIds()[0] ?? null,
    ask,
    limits,
    usage,
    call,
    log,
    onChange,
  })
}

/** Three parts with dots between: a token. Everything else is a key, or a mistake that its check can name. */
const tokenShape = /^[\w-]+\.[\w-]+\.[\w-]+$/

async function authenticate(
  options: SessionApiOptions,
  bearer: string,
  signal: AbortSignal,
): Promise<Result<Principal>> {
  if (!tokenShape.test(bearer)) {
    const key = await options.keys.check(bearer, signal)
    return key.ok ? ok(keyPrincipal(key.value)) : key
  }
  const session = await options.checkToken(bearer)
  if (!session.ok) return session
  return ok({
    accountId: options.accountId,
    keyId: null,
    poolId: null,
    scopes: ['inference', 'manage', 'metrics'],
    allowedModels: null,
    terms: null,
  })
}

function keyPrincipal(key: KeyPrincipal): Principal {
  const { accountId, keyId, poolId, scopes, allowedModels } = key
  return { accountId, keyId, poolId, scopes, allowedModels, terms: keyTerms(key) }
}

/** Models by name, each with the pools of the caller in which it can be asked. */
function offeredTo(options: SessionApiOptions, principal: Principal): OfferedModel[] {
  const poolIds = principal.poolId === null ? options.poolIds() : [principal.poolId]
  const offered = new Map<string, Set<PoolId>>()
  const offer = (models: readonly Model[], inPools: readonly PoolId[]): void => {
    for (const { name } of models) {
      const pools = offered.get(name) ?? new Set()
      for (const poolId of inPools) if (poolIds.includes(poolId)) pools.add(poolId)
      if (pools.size > 0) offered.set(name, pools)
    }
  }
  // Somebody else's key gets from this computer what everybody gets.
  offer(principal.accountId === options.accountId ? options.ownModels() : options.sharedModels(), poolIds)
  for (const { capabilities, poolIds: inPools } of options.machines.list()) {
    if (capabilities?.isSharing) offer(capabilities.models, inPools)
  }
  return [...offered].map(([name, pools]) => ({ name, poolIds: poolIds.filter((poolId) => pools.has(poolId)) }))
}
