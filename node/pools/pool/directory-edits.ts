import type { AccountId, DeviceId, InviteId, PlanId } from '../../contract/ids.ts'
import { defaultPlanId, planSchema, type GivenRole, type Plan } from '../../contract/pools.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Bee } from '../../state/bee.ts'
import {
  deviceRecordSchema,
  directoryKeys,
  inviteRecordSchema,
  maxPoolNameLength,
  memberRecordSchema,
  poolRecordSchema,
  type MemberRecord,
  type PoolRecord,
} from './records.ts'

/** As many as the interface shows, the default plan included. */
const maxPlans = 64

/** Changes to an existing directory; each is checked against the stored records first. */
export class DirectoryEdits {
  constructor(private readonly directory: Bee) {}

  async rename(name: string): Promise<Result<void>> {
    const trimmed = name.trim()
    if (trimmed.length === 0 || trimmed.length > maxPoolNameLength) return fail('pool_name_invalid')
    await this.#changePool(() => ({ name: trimmed }))
    return ok()
  }

  /** Sets a member's state. `decidedAtMs` outranks every admin decision up to then. */
  async setMemberState(accountId: AccountId, state: MemberRecord['state'], decidedAtMs: number): Promise<Result<void>> {
    const member = await this.directory.get(directoryKeys.members + accountId, memberRecordSchema)
    if (!member) return fail('member_unknown')
    if (member.role === 'owner') return fail('pool_owner_stays')
    const next = { ...member, state, decidedAtMs: Math.max(member.decidedAtMs, decidedAtMs) }
    await this.directory.put(directoryKeys.members + accountId, next)
    return ok()
  }

  /** Sets a member's role or plan, and returns the record before and after. The owner's role cannot change. */
  async setMember(
    accountId: AccountId,
    change: { readonly role?: GivenRole; readonly planId?: PlanId },
  ): Promise<Result<{ before: MemberRecord; after: MemberRecord }>> {
    const before = await this.directory.get(directoryKeys.members + accountId, memberRecordSchema)
    if (!before) return fail('member_unknown')
    if (before.role === 'owner' && change.role !== undefined) return fail('pool_owner_stays')
    const planId = change.planId ?? before.planId
    const known = await this.checkPlan(planId)
    if (!known.ok) return known
    const after: MemberRecord = { ...before, role: change.role ?? before.role, planId }
    await this.directory.put(directoryKeys.members + accountId, after)
    return ok({ before, after })
  }

  /**
   * Removes a member and its devices; the next refresh of the pool starts a new epoch of read keys.
   *
   * With `isRefused` the account is refused until it has an invite made later; one that left is not.
   */
  async removeMember(
    accountId: AccountId,
    how: { readonly isRefused: boolean; readonly atMs: number },
  ): Promise<Result<void>> {
    const member = await this.directory.get(directoryKeys.members + accountId, memberRecordSchema)
    if (!member) return fail('member_unknown')
    if (member.role === 'owner') return fail('pool_owner_stays')
    const devices = await this.directory.list(directoryKeys.devices, deviceRecordSchema)
    const own = devices.filter(({ value }) => value.accountId === accountId)
    const refusal = { code: 'member_removed', atMs: how.atMs }
    await this.directory.update([
      [directoryKeys.members + accountId, () => undefined],
      [directoryKeys.refused + accountId, (stored) => (how.isRefused ? refusal : stored)],
      ...own.map(({ key }) => [directoryKeys.devices + key, () => undefined] as const),
    ])
    return ok()
  }

  /** Removes devices that their accounts have unlinked. */
  async removeDevices(deviceIds: readonly DeviceId[]): Promise<void> {
    await this.directory.update(
      deviceIds.map((deviceId) => [directoryKeys.devices + deviceId, () => undefined] as const),
    )
  }

  async savePlan(plan: Plan): Promise<Result<void>> {
    const plans = await this.directory.list(directoryKeys.plans, planSchema)
    const isNew = !plans.some(({ key }) => key === plan.planId)
    if (isNew && plans.length >= maxPlans - 1) return fail('too_large', { limit: `${maxPlans} plans` })
    await this.directory.put(directoryKeys.plans + plan.planId, plan)
    return ok()
  }

  /** Removes a plan; `plan_in_use` while a member or an open invite has it. The default plan loses its limits. */
  async removePlan(planId: PlanId, nowMs: number): Promise<Result<void>> {
    const known = await this.checkPlan(planId)
    if (!known.ok) return known
    const members = await this.directory.list(directoryKeys.members, memberRecordSchema)
    const invites = await this.directory.list(directoryKeys.invites, inviteRecordSchema)
    const isOpen = (invite: (typeof invites)[number]['value']): boolean =>
      !invite.isRevoked && nowMs < invite.expiresAtMs && invite.spentBy.length < invite.usesAllowed
    const isUsed =
      members.some(({ value }) => value.planId === planId) ||
      invites.some(({ value }) => value.planId === planId && isOpen(value))
    if (isUsed && planId !== defaultPlanId) return fail('plan_in_use', { plan: planId })
    await this.directory.remove(directoryKeys.plans + planId)
    return ok()
  }

  async checkPlan(planId: PlanId): Promise<Result<void>> {
    if (planId === defaultPlanId) return ok()
    const plan = await this.directory.get(directoryKeys.plans + planId, planSchema)
    return plan === null ? fail('plan_unknown', { plan: planId }) : ok()
  }

  async setGateway(deviceId: DeviceId, isGateway: boolean): Promise<Result<void>> {
    const key = directoryKeys.devices + deviceId
    const device = await this.directory.get(key, deviceRecordSchema)
    if (!device) return fail('device_unknown')
    if (device.isGateway !== isGateway) await this.directory.put(key, { ...device, isGateway })
    return ok()
  }

  /** Sets the device that counts what members use, and records the previous one, which hands over to it. */
  async setCoordinator(deviceId: DeviceId): Promise<Result<void>> {
    const device = await this.directory.get(directoryKeys.devices + deviceId, deviceRecordSchema)
    if (!device) return fail('device_unknown')
    await this.#changePool(({ coordinator, coordinatorBefore }) =>
      coordinator === deviceId
        ? {}
        : {
            coordinator: deviceId,
            coordinatorBefore: { deviceId: coordinator, times: (coordinatorBefore?.times ?? 0) + 1 },
          },
    )
    return ok()
  }

  async revokeInvite(inviteId: InviteId): Promise<Result<void>> {
    const key = directoryKeys.invites + inviteId
    const invite = await this.directory.get(key, inviteRecordSchema)
    if (!invite) return fail('invite_unknown')
    if (!invite.isRevoked) await this.directory.put(key, { ...invite, isRevoked: true })
    return ok()
  }

  async #changePool(change: (pool: PoolRecord) => Partial<PoolRecord>): Promise<void> {
    const pool = await this.directory.get(directoryKeys.pool, poolRecordSchema)
    if (!pool) throw new Error('A directory that is written has its pool record')
    await this.directory.put(directoryKeys.pool, { ...pool, ...change(pool) })
  }
}
