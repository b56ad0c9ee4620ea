import { hasGatewayRole } from '../access/gateway-role.ts'
import type { AccountId, DeviceId, PlanId, PoolId } from '../contract/ids.ts'
import { defaultPlanId, type Plan, type Role } from '../contract/pools.ts'
import type { Directory } from './pool/membership.ts'
import type { Pool } from './pool/pool.ts'

/** The default plan of a pool whose directory has none. */
export const unlimitedPlan: Plan = {
  planId: defaultPlanId,
  name: 'Default',
  limits: {},
  limitMode: 'enforced',
  timeZone: 'UTC',
}

/**
 * The plan of a member who was given `planId`.
 *
 * A plan whose id is the name of a role holds for everyone of that role who was given no other.
 */
export function planFor(directory: Directory | null, role: Role, planId: PlanId): Plan {
  const given = directory?.plans.get(planId)
  if (given && planId !== defaultPlanId) return given
  const ofRole = [...(directory?.plans.values() ?? [])].find((plan) => plan.planId === (role as string))
  return ofRole ?? directory?.plans.get(defaultPlanId) ?? unlimitedPlan
}

/** All plans of a pool, the default first. */
export function plansOf(directory: Directory | null): Plan[] {
  const plans = [...(directory?.plans.values() ?? [])]
  const others = plans.filter(({ planId }) => planId !== defaultPlanId)
  return [directory?.plans.get(defaultPlanId) ?? unlimitedPlan, ...others]
}

export interface PoolSource {
  get(poolId: PoolId): Pool | undefined
}

/** Answers from the directories as this install last read them; never waits for a peer. */
export class PoolTerms {
  constructor(private readonly pools: PoolSource) {}

  /** Whether a device may check the keys of all members of the pool and ask for them. */
  isGateway(poolId: PoolId, deviceId: DeviceId): boolean {
    const pool = this.pools.get(poolId)
    const device = pool?.directory?.devices.get(deviceId)
    return device ? hasGatewayRole(device, pool?.standing(device.accountId)?.state ?? null) : false
  }

  /** The plan of an account; unlimited for one that is not known. */
  planOf(poolId: PoolId, accountId: AccountId): Plan {
    const pool = this.pools.get(poolId)
    const member = pool?.directory?.members.get(accountId) ?? pool?.seen(accountId)
    return member ? planFor(pool?.directory ?? null, member.role, member.planId) : unlimitedPlan
  }

  /** The device that counts what members use, then the one before it. Empty before the directory is known. */
  coordinatorsOf(poolId: PoolId): DeviceId[] {
    const pool = this.pools.get(poolId)
    const manager = pool?.header?.directoryWriter
    if (!pool?.directory || !manager) return []
    const { coordinator, coordinatorBefore } = pool.directory.pool
    const named = [coordinator ?? manager, coordinatorBefore?.deviceId ?? manager]
    // If the coordinator's device or member is gone or suspended, the manager takes over.
    const present = named.map((deviceId) => (this.#isPresent(poolId, deviceId) ? deviceId : manager))
    return [...new Set(present)]
  }

  /** The previous coordinator and how many changes there were; undefined if there was none. */
  coordinatorBefore(poolId: PoolId): { readonly deviceId: DeviceId; readonly times: number } | undefined {
    const pool = this.pools.get(poolId)
    const manager = pool?.header?.directoryWriter
    const before = pool?.directory?.pool.coordinatorBefore
    return before && manager ? { deviceId: before.deviceId ?? manager, times: before.times } : undefined
  }

  /** Devices of active members, or of one account. */
  deviceIdsOf(poolId: PoolId, accountId?: AccountId): DeviceId[] {
    const devices = [...(this.pools.get(poolId)?.directory?.devices.values() ?? [])]
    return devices
      .filter((device) => accountId === undefined || device.accountId === accountId)
      .filter((device) => this.#isActive(poolId, device.accountId))
      .map(({ deviceId }) => deviceId)
  }

  #isPresent(poolId: PoolId, deviceId: DeviceId): boolean {
    const device = this.pools.get(poolId)?.directory?.devices.get(deviceId)
    return device !== undefined && this.#isActive(poolId, device.accountId)
  }

  #isActive(poolId: PoolId, accountId: AccountId): boolean {
    return this.pools.get(poolId)?.standing(accountId)?.state === 'active'
  }
}
