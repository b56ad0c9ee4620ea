import type { ContractClient } from '../../node/contract/api.ts'
import type { AppState } from '../../node/contract/state.ts'
import type { PoolId } from '../../node/contract/ids.ts'
import { ok, type Result } from '../../node/contract/result.ts'

export const demoPoolName = 'Try it alone'
const inviteLifetimeMs = 60 * 60_000

/** The pool of the demo: the one from last time, or a new one. */
export async function findDemoPool(client: ContractClient, pools: AppState['pools']): Promise<Result<PoolId>> {
  const known = pools.find((pool) => pool.name === demoPoolName && pool.kind === 'shared' && pool.isManager)
  if (known) return ok(known.poolId)
  const created = await client.call('pool.create', { name: demoPoolName })
  return created.ok ? ok(created.value.poolId) : created
}

/** An invite for exactly one second window. */
export async function inviteSecond(client: ContractClient, poolId: PoolId): Promise<Result<string>> {
  const invite = await client.call('pool.createInvite', {
    poolId,
    role: 'member',
    usesAllowed: 1,
    lifetimeMs: inviteLifetimeMs,
  })
  return invite.ok ? ok(invite.value.link) : invite
}
