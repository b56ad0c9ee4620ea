import type { Member, Pool } from '../../node/contract/state.ts'

/** What the person at this computer may do to a member. */
export interface MemberRights {
  /** Suspend, let back in, remove. */
  readonly canModerate: boolean
  /** Change role and plan. */
  readonly canChange: boolean
}

/** Whether plans, invites and the name can be changed from here: by owner and admins, through the computer that keeps the records. */
export function canManage(pool: Pool): boolean {
  if (pool.isManager) return true
  return pool.kind === 'shared' && pool.isManagerConnected && runsPool(pool)
}

/** Whether what gives trust over others can be changed from here: the owner's alone. */
export function canEntrust(pool: Pool): boolean {
  return pool.role === 'owner' && canManage(pool)
}

/** Whether the person at this computer is one of those who run the pool. */
export function runsPool(pool: Pool): boolean {
  return pool.state === 'active' && (pool.role === 'owner' || pool.role === 'admin')
}

/** Whether the owner has dissolved it: it is shown for what stays readable, and can be taken off the list. */
export function isDissolved(pool: Pool): boolean {
  return pool.refusal?.code === 'pool_dissolved'
}

/** Whether this person can hand the pool over or dissolve it. */
export function canEndPool(pool: Pool): boolean {
  return pool.kind === 'shared' && !isDissolved(pool) && canEntrust(pool)
}

/** Whether this person can leave; the owner hands the pool over or dissolves it first. */
export function canLeavePool(pool: Pool): boolean {
  return pool.kind === 'shared' && (pool.role !== 'owner' || isDissolved(pool))
}

export function rightsOver(pool: Pool, member: Member): MemberRights {
  if (pool.kind === 'devices' || member.isSelf || member.role === 'owner')
    return { canModerate: false, canChange: false }
  // Admins see to members and guests, not to each other. Judging does not wait for the computer that keeps the records.
  const isOver = pool.isManager || (runsPool(pool) && (pool.role === 'owner' || member.role !== 'admin'))
  return { canModerate: isOver, canChange: isOver && canManage(pool) }
}

/** The name of a plan; a plan that has just gone is shown by its id. */
export function planName(pool: Pool, planId: string): string {
  return pool.plans.find((plan) => plan.planId === planId)?.name ?? planId
}
