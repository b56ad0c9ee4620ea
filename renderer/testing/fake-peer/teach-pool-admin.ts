import { planIdSchema } from '../../../node/contract/ids.ts'
import { fail, ok } from '../../../node/contract/result.ts'
import type { Member, Pool } from '../../../node/contract/state.ts'
import type { FakePeer } from './fake-peer.ts'
import { fakePassword } from './teach-accounts.ts'
import { changePool } from './teach-pools.ts'

export const fakeBackup = 'kith-pool-backup'
export const fakeBackupPassword = 'tulips at dawn'

/** What a manager does with a pool: people, plans, computers, backups. */
export function teachPoolAdmin(peer: FakePeer): void {
  function changeMember(poolId: string, accountId: string, change: (member: Member) => Member | null): void {
    changePool(peer, poolId, (pool) => ({
      ...pool,
      members: pool.members.flatMap((member) => (member.accountId === accountId ? (change(member) ?? []) : member)),
    }))
  }

  peer.on('pool.rename', ({ poolId, name }) => {
    changePool(peer, poolId, (pool) => ({ ...pool, name }))
    return ok()
  })
  peer.on('pool.leave', ({ poolId }) => {
    peer.change(
      'pools',
      peer.state.pools.filter((pool) => pool.poolId !== poolId),
    )
    return ok()
  })
  peer.on('pool.removeMember', ({ poolId, accountId }) => {
    changeMember(poolId, accountId, () => null)
    return ok()
  })
  peer.on('pool.setMember', ({ poolId, accountId, role, planId }) => {
    changeMember(poolId, accountId, (member) => ({
      ...member,
      role: role ?? member.role,
      planId: planId === undefined ? member.planId : planIdSchema.parse(planId),
    }))
    return ok()
  })
  peer.on('pool.savePlan', ({ poolId, plan }) => {
    const saved = { ...plan, planId: planIdSchema.parse(plan.planId) }
    changePool(peer, poolId, (pool) => ({
      ...pool,
      plans: [...pool.plans.filter((one) => one.planId !== saved.planId), saved],
    }))
    return ok()
  })
  peer.on('pool.removePlan', ({ poolId, planId }) => {
    changePool(peer, poolId, (pool) => ({ ...pool, plans: pool.plans.filter((plan) => plan.planId !== planId) }))
    return ok()
  })
  peer.on('pool.setGateway', ({ poolId, deviceId, isGateway }) => {
    peer.change(
      'machines',
      peer.state.machines.map((machine) => {
        if (machine.deviceId !== deviceId) return machine
        const others = machine.gatewayPoolIds.filter((one) => one !== poolId)
        return { ...machine, gatewayPoolIds: isGateway ? [...others, poolId as (typeof others)[number]] : others }
      }),
    )
    return ok()
  })
  peer.on('pool.setCoordinator', ({ poolId, deviceId }) => {
    changePool(peer, poolId, (pool) => ({ ...pool, coordinatorDeviceId: deviceId as Pool['coordinatorDeviceId'] }))
    return ok()
  })
  peer.on('pool.backUp', ({ password }) =>
    password === fakePassword ? { ok: true, value: { text: fakeBackup } } : fail('password_wrong'),
  )
  peer.on('host.openText', () => ({ ok: true, value: { text: fakeBackup } }))
  peer.on('pool.restore', ({ password }) => {
    const poolId = peer.state.pools[0]?.poolId
    if (poolId === undefined || password !== fakeBackupPassword) return fail('password_wrong')
    return { ok: true, value: { poolId } }
  })
}
