import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planIdSchema, type PoolId } from '../contract/ids.ts'
import { defaultPlanId } from '../contract/pools.ts'
import type { AppState, Pool } from '../contract/state.ts'
import { PeerBench } from './testing/peer-bench.ts'
import { testPassword, valueOf } from './testing/test-peer.ts'

describe('the pool calls of the contract', () => {
  let bench: PeerBench
  beforeAll(async () => {
    bench = await PeerBench.open()
  })
  afterAll(() => bench.close())

  it('change what the state of every member shows, and say who may do what', async () => {
    const owner = await bench.start('ada')
    const member = await bench.start('bob')
    await owner.signUp()
    await member.signUp()
    const { poolId } = valueOf(await owner.peer.call('pool.create', { name: 'Friends' }))
    const plan = {
      planId: planIdSchema.parse('evening'),
      name: 'Evening',
      limits: { requestsPerDay: 20 },
      limitMode: 'shadow' as const,
      timeZone: 'Europe/Vienna',
    }
    valueOf(await owner.peer.call('pool.savePlan', { poolId, plan }))
    const invite = valueOf(
      await owner.peer.call('pool.createInvite', {
        poolId,
        role: 'member',
        planId: plan.planId,
        usesAllowed: 1,
        lifetimeMs: 3_600_000,
      }),
    )
    expect(invite).toMatchObject({ planId: plan.planId, usesSpent: 0, state: 'open' })
    valueOf(await member.peer.call('pool.join', { link: invite.link }))
    const pool = (state: AppState): Pool | undefined => state.pools.find((one) => one.poolId === poolId)
    const joined = await member.until((state) => pool(state)?.state === 'active', 'the pool')
    const self = pool(joined)?.members.find(({ isSelf }) => isSelf)
    expect(self).toMatchObject({ planId: plan.planId, role: 'member', state: 'active' })
    expect(self?.joinedAtMs).toBeGreaterThan(0)
    expect(pool(joined)).toMatchObject({ isManager: false, isManagerConnected: true, invites: [] })
    expect(pool(joined)?.plans.map(({ planId }) => planId)).toEqual([defaultPlanId, plan.planId])
    expect(pool(joined)?.plans[1]).toEqual(plan)
    expect(pool(joined)?.readEpoch).toBeGreaterThan(0)

    const { accountId, deviceId } = self ? { ...self, deviceId: selfDevice(joined) } : raise()
    expect(pool(joined)?.coordinatorDeviceId).not.toBe(deviceId)
    const refused = await member.peer.call('pool.rename', { poolId, name: 'Mine' })
    expect(refused).toMatchObject({ error: { code: 'pool_role_needed' } })
    valueOf(await owner.peer.call('pool.rename', { poolId, name: 'Good friends' }))
    valueOf(await owner.peer.call('pool.setMember', { poolId, accountId, role: 'admin' }))
    valueOf(await owner.peer.call('pool.setGateway', { poolId, deviceId, isGateway: true }))
    valueOf(await owner.peer.call('pool.setCoordinator', { poolId, deviceId }))
    const changed = await member.until((state) => pool(state)?.coordinatorDeviceId === deviceId, 'the coordinator')
    expect(pool(changed)).toMatchObject({ name: 'Good friends', role: 'admin' })
    expect(changed.machines.find(({ isSelf }) => isSelf)?.gatewayPoolIds).toEqual([poolId])
    // An admin sees the invites, and makes them through the manager.
    expect(pool(changed)?.invites).toMatchObject([{ inviteId: invite.inviteId, state: 'spent', planId: plan.planId }])
    const made = valueOf(
      await member.peer.call('pool.createInvite', { poolId, role: 'guest', usesAllowed: 1, lifetimeMs: 3_600_000 }),
    )
    const shown = await member.until(
      (state) => pool(state)?.invites.some(({ inviteId }) => inviteId === made.inviteId) === true,
      'the invite',
    )
    expect(pool(shown)?.invites.find(({ inviteId }) => inviteId === made.inviteId)?.link).toBe(made.link)

    await owner.stop()
    const alone = await member.until((state) => pool(state)?.isManagerConnected === false, 'the owner to be gone')
    expect(pool(alone)?.members).toHaveLength(2)
    const late = await member.peer.call('pool.savePlan', { poolId, plan: { ...plan, name: 'Later' } })
    expect(late).toMatchObject({ error: { code: 'pool_manager_away', details: { pool: 'Good friends' } } })
    expect(await member.peer.call('pool.rename', { poolId: unknownPool, name: 'x' })).toMatchObject({
      error: { code: 'pool_unknown' },
    })
  })

  it('back up a pool only for whoever knows the password of the account, and slow down who guesses it', async () => {
    const owner = await bench.start('keeper')
    await owner.signUp()
    const { poolId } = valueOf(await owner.peer.call('pool.create', { name: 'Kept' }))
    const backUp = (password: string, backupPassword = 'a password of its own') =>
      owner.peer.call('pool.backUp', { poolId, password, backupPassword })
    // The call of before, with the password of the backup alone, is none.
    expect(await owner.peer.dispatch('pool.backUp', { poolId, password: 'a password of its own' })).toMatchObject({
      error: { code: 'bad_request' },
    })
    expect(valueOf(await backUp(testPassword)).text).toContain('Kith pool backup 1')
    expect(await backUp(testPassword, 'short')).toMatchObject({ error: { code: 'password_too_short' } })
    for (let guess = 0; guess < 3; guess += 1) {
      expect(await backUp(`guess ${guess}`)).toMatchObject({ error: { code: 'password_wrong' } })
    }
    expect(await backUp(testPassword)).toMatchObject({ error: { code: 'slow_down' } })
  })
})

const unknownPool = 'f'.repeat(64) as PoolId

function selfDevice(state: AppState): AppState['machines'][number]['deviceId'] {
  return state.machines.find(({ isSelf }) => isSelf)?.deviceId ?? raise()
}

function raise(): never {
  throw new Error('This install is in its own state')
}
