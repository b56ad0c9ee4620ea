import type { PoolId } from '../contract/ids.ts'
import type { Role } from '../contract/pools.ts'
import { isPresent, type AccountStanding, type Standing } from './standing.ts'

const dayMs = 86_400_000
/** What an invite grants before the directory has confirmed it, and for how long. */
const provisionalLifetimeMs = 7 * dayMs

/** What a pool knows of one account. */
export interface AccountFacts {
  /** How the directory names it. */
  readonly member: { readonly role: Role; readonly state: 'active' | 'suspended' } | null
  /** Whether the directory refused it. */
  readonly isRefused: boolean
  /** Whether the last word of the admins leaves it without a place. */
  readonly isShutOut: boolean
  /** The invite it has shown here. */
  readonly shown: { readonly role: Role; readonly isWithdrawn: boolean; readonly firstSeenMs: number } | null
}

/** How an account stands: admins' words and the directory override every certificate; null for a stranger. */
export function accountStanding(facts: AccountFacts, nowMs: number): AccountStanding | null {
  const { member, isRefused, isShutOut, shown } = facts
  if (member) return { role: member.role, state: isShutOut ? 'suspended' : member.state }
  if (isRefused || !shown || shown.isWithdrawn) return null
  if (isShutOut) return { role: shown.role, state: 'suspended' }
  const isLapsed = nowMs - shown.firstSeenMs > provisionalLifetimeMs
  return { role: shown.role, state: isLapsed ? 'lapsed' : 'provisional' }
}

/** What a pool knows of a device and of the account it belongs to. */
export interface DeviceFacts {
  readonly poolId: PoolId
  readonly poolName: string
  readonly account: AccountStanding | null
  /** Days since the pool's manager was heard, where they are more than the pool allows. */
  readonly staleDays: number | null
  /** Whether the pool is open on a connection with the device although no directory has come yet. */
  readonly isOpenWithoutDirectory: boolean
}

/** How a device stands in a pool; null where its account has no standing there. */
export function deviceStanding(facts: DeviceFacts): Standing | null {
  const { poolId, poolName, account, staleDays } = facts
  // Before the directory has come, its manager is known from the certificate alone.
  if (!account) return facts.isOpenWithoutDirectory ? { poolId, poolName, role: 'owner', state: 'active' } : null
  const { role, state } = account
  // A refusal needs no fresh word.
  if (staleDays === null || !isPresent(state)) return { poolId, poolName, role, state }
  return { poolId, poolName, role, state: 'stale', silentDays: staleDays }
}
