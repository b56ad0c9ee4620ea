import type { Handlers } from '../../contract/api.ts'
import type { PoolId } from '../../contract/ids.ts'
import { ok, type Result } from '../../contract/result.ts'
import type { ManagerAction } from '../../net/manager-messages.ts'
import { confirmed } from './confirmed.ts'
import type { CallContext } from './context.ts'

export function poolAdminCalls(
  context: CallContext,
): Handlers<
  | 'pool.rename'
  | 'pool.leave'
  | 'pool.handOver'
  | 'pool.dissolve'
  | 'pool.removeMember'
  | 'pool.setMember'
  | 'pool.savePlan'
  | 'pool.removePlan'
  | 'pool.setGateway'
  | 'pool.setCoordinator'
  | 'pool.backUp'
  | 'pool.restore'
> {
  return {
    'pool.rename': async ({ poolId, name }) => perform(context, poolId, { do: 'rename', name }),
    'pool.leave': async ({ poolId }) => {
      const signedIn = context.signedIn()
      return signedIn.ok ? signedIn.value.session.poolActions.leave(poolId) : signedIn
    },
    'pool.handOver': async ({ poolId, accountId, password }) => {
      const signedIn = await confirmed(context, password)
      return signedIn.ok ? perform(context, poolId, { do: 'handOver', accountId }) : signedIn
    },
    'pool.dissolve': async ({ poolId, password }) => {
      const signedIn = await confirmed(context, password)
      return signedIn.ok ? perform(context, poolId, { do: 'dissolve' }) : signedIn
    },
    'pool.removeMember': async ({ poolId, accountId }) => perform(context, poolId, { do: 'removeMember', accountId }),
    'pool.setMember': async ({ poolId, ...change }) => perform(context, poolId, { do: 'setMember', ...change }),
    'pool.savePlan': async ({ poolId, plan }) => perform(context, poolId, { do: 'savePlan', plan }),
    'pool.removePlan': async ({ poolId, planId }) => perform(context, poolId, { do: 'removePlan', planId }),
    'pool.setGateway': async ({ poolId, ...choice }) => perform(context, poolId, { do: 'setGateway', ...choice }),
    'pool.setCoordinator': async ({ poolId, deviceId }) => perform(context, poolId, { do: 'setCoordinator', deviceId }),
    'pool.backUp': async ({ poolId, password, backupPassword }) => {
      const signedIn = await confirmed(context, password)
      return signedIn.ok ? signedIn.value.session.poolActions.backups.backUp(poolId, backupPassword) : signedIn
    },
    'pool.restore': async ({ text, password }) => {
      const signedIn = context.signedIn()
      return signedIn.ok ? signedIn.value.session.poolActions.backups.restore(text, password) : signedIn
    },
  }
}

/** Does something with a pool as its owner or an admin of it. */
export async function perform(context: CallContext, poolId: PoolId, action: ManagerAction): Promise<Result<void>> {
  const signedIn = context.signedIn()
  if (!signedIn.ok) return signedIn
  const done = await signedIn.value.session.poolActions.perform(poolId, action)
  context.changes.invalidate('pools', 'machines')
  return done.ok ? ok() : done
}
