import { kithError, type KithError } from '../contract/errors.ts'
import { presenceIn } from '../contract/presence.ts'
import type { AppState, Pool } from '../contract/state.ts'

/** Why no computer can be asked now: nobody is online, or nobody offers the model, or any. */
export function whyNoOffer(
  state: AppState,
  wish: { model: string | undefined; poolId: string | undefined },
): KithError {
  const shared = sharedPools(state).filter(({ poolId }) => wish.poolId === undefined || poolId === wish.poolId)
  const away = shared.flatMap((pool) => awayError(state, pool) ?? [])
  // Where somebody is online in one of the pools, that nobody is in another explains nothing.
  const isSomebodyThere = shared.some((pool) => presenceIn(pool, state.machines).state === 'sharing')
  const [error] = isSomebodyThere ? [] : away
  if (error) return error
  return wish.model === undefined ? kithError('nobody_shares') : kithError('no_model', { model: wish.model })
}

/** `nobody_online` where a pool has people and none of them is; else null. */
export function awayError({ machines }: AppState, pool: Pool): KithError | null {
  const { state, people } = presenceIn(pool, machines)
  return state === 'away' ? kithError('nobody_online', { pool: pool.name, members: people.join(', ') }) : null
}

export function sharedPools({ pools }: AppState): Pool[] {
  return pools.filter(({ kind, state }) => kind === 'shared' && (state === 'active' || state === 'provisional'))
}
