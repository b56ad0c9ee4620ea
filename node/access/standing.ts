import { kithError, type KithError } from '../contract/errors.ts'
import type { AccountId, DeviceId, PoolId } from '../contract/ids.ts'
import type { Role } from '../contract/pools.ts'

/** How an account stands in a pool. `lapsed`: nobody confirmed its invite in time. */
export type AccountState = 'active' | 'provisional' | 'suspended' | 'lapsed'

export interface AccountStanding {
  readonly role: Role
  readonly state: AccountState
}

interface PlaceInPool {
  readonly poolId: PoolId
  readonly poolName: string
  readonly role: Role
}

interface KnownStanding extends PlaceInPool {
  readonly state: AccountState
}

/** This install has not heard from the pool's manager for longer than the pool allows. */
interface StaleStanding extends PlaceInPool {
  readonly state: 'stale'
  /** Whole days since the manager was heard. */
  readonly silentDays: number
}

/** How a device stands in one pool. */
export type Standing = KnownStanding | StaleStanding

/** Who a device is, by proofs this install has checked. */
export interface Caller {
  readonly deviceId: DeviceId
  readonly accountId: AccountId
  readonly isOwnAccount: boolean
  readonly standings: readonly Standing[]
}

/** Looks up proved device keys; null for a stranger. Never waits. */
export type WhoIs = (deviceId: DeviceId) => Caller | null

/** Null where the caller is not in the pool. */
export function standingIn(caller: Caller, poolId: PoolId): Standing | null {
  return caller.standings.find((standing) => standing.poolId === poolId) ?? null
}

/** Whether somebody has a place in the pool now. */
export function isPresent(state: Standing['state']): boolean {
  switch (state) {
    case 'active':
    case 'provisional':
      return true
    case 'suspended':
    case 'lapsed':
    case 'stale':
      return false
  }
}

/** Whether a device has a place in any of our pools. */
export function hasPlace({ standings }: Caller): boolean {
  return standings.some(({ state }) => isPresent(state))
}

/** Why an account may use nothing in a pool; null when it may. An account without a standing is not in the pool. */
export function refusalOfAccount(state: AccountState | null, poolName: string): KithError | null {
  switch (state) {
    case 'active':
    case 'provisional':
      return null
    case 'suspended':
      return kithError('member_suspended', { pool: poolName })
    case 'lapsed':
      return kithError('provisional_lapsed')
    case null:
      return kithError('not_admitted')
  }
}

/** The same for a device, of which this install knows only what the pool's manager has told it. */
export function refusalOfStanding(standing: Standing): KithError | null {
  if (standing.state === 'stale') return kithError('directory_stale', { days: standing.silentDays })
  return refusalOfAccount(standing.state, standing.poolName)
}
