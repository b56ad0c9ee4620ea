import type { AccountId, PoolId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { Model } from '../contract/state.ts'
import { LocalApi } from '../http/local-api.ts'
import type { OfferedModel, Principal } from '../http/local-api-options.ts'
import type { KeyChecker } from '../keys/key-principal.ts'
import { keyTerms } from '../keys/key-terms.ts'
import type { RemoteMachine } from '../protocol/machines.ts'
import type { SessionAccounting } from './accounting.ts'
import type { SessionNetwork } from './network.ts'
import type { SessionServices } from './services.ts'
import type { SessionOptions } from './session-options.ts'
import type { SessionStores } from './stores.ts'

export type ApiOptions = Pick<
  SessionOptions,
  'vault' | 'hub' | 'roles' | 'checkToken' | 'apiGuests' | 'call' | 'log' | 'onApi'
>

/** Three parts with dots between: a token. Everything else is a key, or a mistake that its check can name. */
const tokenShape = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** The local API of whoever is signed in. */
export function createSessionApi(
  { vault, hub, roles, checkToken, apiGuests, call, log, onApi }: ApiOptions,
  { settings }: SessionStores,
  { pools }: SessionNetwork,
  { keys, limits, usage }: SessionAccounting,
  { processor, gateway }: SessionServices,
): LocalApi {
  const { accountId } = vault
  /** The pools of the account, the one of the last chat first. */
  function poolIds(): PoolId[] {
    const { chatPoolId } = settings.settings
    const ids = [...pools.all()].map(({ poolId }) => poolId)
    return ids.sort((one, other) => Number(other === chatPoolId) - Number(one === chatPoolId))
  }
  /** Somebody else's key gets from this computer what everybody gets. */
  function modelsHere(asker: AccountId): readonly Model[] {
    if (!roles.includes('processor')) return []
    return asker === accountId ? hub.models() : processor.capabilities().models
  }
  return new LocalApi({
    isEnabled: () => settings.settings.isApiEnabled ?? true,
    port: () => settings.settings.apiPort ?? null,
    guests: () => {
      const { apiHosts = [], apiOrigins = [] } = settings.settings
      return { hosts: [...apiGuests.hosts, ...apiHosts], origins: [...apiGuests.origins, ...apiOrigins] }
    },
    authenticate: (bearer, signal) =>
      tokenShape.test(bearer) ? bySession(accountId, checkToken, bearer) : byKey(keys.book, bearer, signal),
    models: (principal) => {
      const asked = principal.poolId === null ? poolIds() : [principal.poolId]
      return offeredModels(asked, modelsHere(principal.accountId), pools.list())
    },
    isKnown: ({ poolId }, model) =>
      (poolId === null ? poolIds() : [poolId]).some((asked) => gateway.knows(asked, model)),
    usualPool: (principal) => principal.poolId ?? poolIds()[0] ?? null,
    ask: (request, signal) => gateway.ask(request, signal),
    limits: (principal) => limits.statesOf(principal),
    usage: async ({ poolId, keyId }) => ok(usage.of(poolId, keyId)),
    call,
    log,
    onChange: onApi,
  })
}

async function byKey(keys: KeyChecker, bearer: string, signal: AbortSignal): Promise<Result<Principal>> {
  const key = await keys.check(bearer, signal)
  if (!key.ok) return key
  const { accountId, keyId, poolId, scopes, allowedModels } = key.value
  return ok({ accountId, keyId, poolId, scopes, allowedModels, terms: keyTerms(key.value) })
}

/** A session is one of the account, and may ask for all that the account may. */
async function bySession(
  accountId: AccountId,
  checkToken: SessionOptions['checkToken'],
  bearer: string,
): Promise<Result<Principal>> {
  const session = await checkToken(bearer)
  if (!session.ok) return session
  if (session.value.accountId !== accountId) return fail('session_invalid')
  const scopes = ['inference', 'manage', 'metrics'] as const
  return ok({ accountId, keyId: null, poolId: null, scopes, allowedModels: null, terms: null })
}

/** Models by name, each with those of the asked pools in which somebody offers it. */
function offeredModels(
  poolIds: readonly PoolId[],
  here: readonly Model[],
  machines: readonly RemoteMachine[],
): OfferedModel[] {
  const offered = new Map<string, { readonly engine: Model['engine']; readonly pools: Set<PoolId> }>()
  const offer = (models: readonly Model[], inPools: readonly PoolId[]): void => {
    for (const { name, engine } of models) {
      const known = offered.get(name) ?? { engine, pools: new Set() }
      for (const poolId of inPools) if (poolIds.includes(poolId)) known.pools.add(poolId)
      if (known.pools.size > 0) offered.set(name, known)
    }
  }
  offer(here, poolIds)
  for (const { capabilities, poolIds: inPools } of machines) {
    if (capabilities?.isSharing) offer(capabilities.models, inPools)
  }
  return [...offered].map(([name, { engine, pools }]) => ({
    ...{ name, engine },
    poolIds: poolIds.filter((poolId) => pools.has(poolId)),
  }))
}
