import type { Role } from '../contract/pools.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { ManagerAction } from '../net/manager-messages.ts'
import type { Directory } from './pool/membership.ts'

/**
 * Who may do what in a pool.
 *
 * The owner may do everything. Admins see to members, guests, invites, plans and the name. What gives
 * trust over others is the owner's alone: admins, gateways, and who counts.
 */
export function checkRight(
  role: Role | undefined,
  action: ManagerAction,
  pool: { readonly name: string; readonly directory: Directory | null },
): Result<void> {
  if (role === 'owner') return ok()
  if (isForOwner(action, pool.directory)) return fail('pool_role_needed', { pool: pool.name, role: 'the owner' })
  if (role === 'admin') return ok()
  return fail('pool_role_needed', { pool: pool.name, role: 'the owner or an admin' })
}

function isForOwner(action: ManagerAction, directory: Directory | null): boolean {
  if (action.do === 'setGateway' || action.do === 'setCoordinator') return true
  if (action.do === 'setMember' && action.role === 'admin') return true
  if (!('accountId' in action)) return false
  return directory?.members.get(action.accountId)?.role === 'admin'
}
