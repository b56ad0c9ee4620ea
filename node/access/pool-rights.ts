import { kithError, type KithError } from '../contract/errors.ts'
import type { Role } from '../contract/pools.ts'
import type { AccountStanding } from './standing.ts'

/** What can be done with a pool. */
export type PoolAction =
  | 'rename'
  | 'setMember'
  | 'suspendMember'
  | 'resumeMember'
  | 'removeMember'
  | 'savePlan'
  | 'removePlan'
  | 'setGateway'
  | 'setCoordinator'
  | 'createInvite'
  | 'revokeInvite'
  | 'dissolve'
  | 'handOver'

export interface PoolActionFacts {
  readonly action: PoolAction
  /** The role that the action gives. */
  readonly givenRole: Role | null
  /** The role of the member it is about. */
  readonly targetRole: Role | null
}

/**
 * Why somebody may not do something with a pool; null when they may.
 *
 * The owner may do everything. Admins see to members, guests, invites, plans and the name. What gives
 * trust over others is the owner's alone: admins, gateways, and who counts.
 */
export function refusalOfAction(
  standing: AccountStanding | null,
  facts: PoolActionFacts,
  poolName: string,
): KithError | null {
  const needed = neededRole(facts)
  return holdsRole(standing, needed) ? null : roleNeeded(needed, poolName)
}

/** The refusal of whoever lacks a role in a pool. */
export function roleNeeded(role: 'owner' | 'admin', poolName: string): KithError {
  return kithError('pool_role_needed', {
    pool: poolName,
    role: role === 'owner' ? 'the owner' : 'the owner or an admin',
  })
}

function neededRole({ action, givenRole, targetRole }: PoolActionFacts): 'owner' | 'admin' {
  switch (action) {
    case 'setGateway':
    case 'setCoordinator':
    case 'dissolve':
    case 'handOver':
      return 'owner'
    case 'setMember':
    case 'suspendMember':
    case 'resumeMember':
    case 'removeMember':
      return givenRole === 'admin' || targetRole === 'admin' ? 'owner' : 'admin'
    case 'rename':
    case 'savePlan':
    case 'removePlan':
    case 'createInvite':
    case 'revokeInvite':
      return 'admin'
  }
}

/** Whether somebody has the rights of a role. A role counts only while its account is active. */
export function holdsRole(standing: AccountStanding | null, needed: 'owner' | 'admin'): boolean {
  if (standing?.state !== 'active') return false
  switch (standing.role) {
    case 'owner':
      return true
    case 'admin':
      return needed === 'admin'
    case 'member':
    case 'guest':
      return false
  }
}
