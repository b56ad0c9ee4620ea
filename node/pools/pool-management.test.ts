import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planIdSchema, type PoolId } from '../contract/ids.ts'
import { defaultPlanId, type Plan } from '../contract/pools.ts'
import type { ManagerAction } from '../net/manager-messages.ts'
import type { Pool } from './pool/pool.ts'
import { PoolTerms } from './pool-terms.ts'
import { PoolBench } from './testing/pool-bench.ts'
import { valueOf, type PoolPeer } from './testing/pool-peer.ts'

const dayMs = 86_400_000
const evening: Plan = {
  planId: planIdSchema.parse('evening'),
  name: 'Evening',
  limits: { tokensPerDay: 50_000 },
  limitMode: 'enforced',
  timeZone: 'Europe/Vienna',
}

describe('seeing to a pool', () => {
  let bench: PoolBench
  beforeAll(async () => {
    bench = await PoolBench.open()
  })
  afterAll(() => bench.close())

  const peer = (username: string): Promise<PoolPeer> => bench.peer(username)

  function poolOf(one: PoolPeer, poolId: PoolId): Pool {
    const pool = one.pools.get(poolId)
    if (!pool) throw new Error('Not in the pool')
    return pool
  }

  const codeOf = async (one: PoolPeer, poolId: PoolId, action: ManagerAction): Promise<string> => {
    const done = await one.actions.perform(poolId, action)
    return done.ok ? 'done' : done.error.code
  }

  /** A pool of an owner and members who all have read who is in it. */
  async function pool(...names: string[]): Promise<{ poolId: PoolId; owner: PoolPeer; others: PoolPeer[] }> {
    const [owner, ...others] = await Promise.all(names.map((name) => peer(name)))
    if (!owner) throw new Error('A pool has an owner')
    const { poolId } = valueOf(await owner.actions.create('Friends', 'shared'))
    const grant = { role: 'member' as const, usesAllowed: 10, lifetimeMs: dayMs }
    const { link } = valueOf(await owner.actions.createInvite(poolId, grant))
    for (const other of others) valueOf(await other.actions.join(link))
    const everyone = [owner, ...others]
    for (const one of everyone) {
      await one.until(
        () => {
          const directory = one.pools.get(poolId)?.directory
          const isWhole = directory?.members.size === names.length && directory.devices.size === names.length
          return isWhole && [...directory.devices.values()].every(({ statement }) => statement !== null)
        },
        `everybody of ${names.join(', ')}`,
      )
    }
    return { poolId, owner, others }
  }

  async function makeAdmin(owner: PoolPeer, poolId: PoolId, admin: PoolPeer, ...witnesses: PoolPeer[]): Promise<void> {
    const { accountId } = admin.vault
    valueOf(await owner.actions.perform(poolId, { do: 'setMember', accountId, role: 'admin' }))
    for (const one of [admin, ...witnesses])
      await one.until(() => poolOf(one, poolId).standing(accountId)?.role === 'admin', 'the admin')
  }

  async function goAway(owner: PoolPeer, ...others: PoolPeer[]): Promise<void> {
    await owner.swarm.stop()
    for (const one of others) {
      const isGone = (): boolean => one.pools.list().every(({ deviceId }) => deviceId !== owner.vault.identity.deviceId)
      await one.until(isGone, 'the owner to be gone')
    }
  }

  it('shows a new name, plans, gateways and coordinator to everybody', async () => {
    const { poolId, owner, others } = await pool('ada', 'bob')
    const bob = others[0] as PoolPeer
    const terms = new PoolTerms(bob.pools)
    const { accountId, identity } = bob.vault
    expect(terms.planOf(poolId, accountId)).toMatchObject({ planId: defaultPlanId, limits: {} })
    expect(terms.coordinatorsOf(poolId)).toEqual([owner.vault.identity.deviceId])
    expect(terms.isGateway(poolId, identity.deviceId)).toBe(false)

    const actions: ManagerAction[] = [
      { do: 'rename', name: '  Good friends ' },
      { do: 'savePlan', plan: evening },
      { do: 'setMember', accountId, planId: evening.planId },
      { do: 'setGateway', deviceId: identity.deviceId, isGateway: true },
      { do: 'setCoordinator', deviceId: identity.deviceId },
    ]
    for (const action of actions) expect(await codeOf(owner, poolId, action)).toBe('done')
    await bob.until(() => terms.coordinatorsOf(poolId)[0] === identity.deviceId, 'the coordinator')
    expect(poolOf(bob, poolId).name).toBe('Good friends')
    expect(terms.planOf(poolId, accountId)).toEqual(evening)
    expect(terms.isGateway(poolId, identity.deviceId)).toBe(true)
    expect(terms.coordinatorsOf(poolId)).toEqual([identity.deviceId, owner.vault.identity.deviceId])
    const everyDevice = [identity.deviceId, owner.vault.identity.deviceId]
    expect(terms.deviceIdsOf(poolId).sort()).toEqual(everyDevice.sort())
    expect(terms.deviceIdsOf(poolId, accountId)).toEqual([identity.deviceId])
    // The vault keeps the name for the next start.
    await bob.restart()
    expect(bob.vault.contents.memberships.find((kept) => kept.poolId === poolId)?.poolName).toBe('Good friends')

    expect(await codeOf(owner, poolId, { do: 'removePlan', planId: evening.planId })).toBe('plan_in_use')
    expect(await codeOf(owner, poolId, { do: 'setMember', accountId, planId: defaultPlanId })).toBe('done')
    expect(await codeOf(owner, poolId, { do: 'removePlan', planId: evening.planId })).toBe('done')
    expect(await codeOf(owner, poolId, { do: 'removePlan', planId: evening.planId })).toBe('plan_unknown')
    expect(await codeOf(owner, poolId, { do: 'setMember', accountId, planId: evening.planId })).toBe('plan_unknown')
    for (const name of [' ', 'x'.repeat(41)])
      expect(await codeOf(owner, poolId, { do: 'rename', name })).toBe('pool_name_invalid')
  })

  it('gives the plan of an invite to whoever comes in by it, and a plan named after a role to that role', async () => {
    const { poolId, owner, others } = await pool('plan-owner', 'old-hand')
    const guests: Plan = { ...evening, planId: planIdSchema.parse('guest'), name: 'Guests' }
    const grant = { role: 'guest' as const, usesAllowed: 2, lifetimeMs: dayMs }
    const unknown = await owner.actions.createInvite(poolId, { ...grant, planId: evening.planId })
    expect(unknown).toMatchObject({ error: { code: 'plan_unknown' } })
    for (const plan of [evening, guests]) valueOf(await owner.actions.perform(poolId, { do: 'savePlan', plan }))
    const { link } = valueOf(await owner.actions.createInvite(poolId, { ...grant, planId: evening.planId }))
    expect(await codeOf(owner, poolId, { do: 'removePlan', planId: evening.planId })).toBe('plan_in_use')
    // The owner sleeps: until the directory confirms it, the plan stands in the certificate.
    const member = others[0] as PoolPeer
    await member.until(() => poolOf(member, poolId).directory?.plans.has(evening.planId) === true, 'the plan')
    await goAway(owner, member)
    const newcomer = await peer('newcomer')
    valueOf(await newcomer.actions.join(link))
    await member.until(() => poolOf(member, poolId).seen(newcomer.vault.accountId) !== null, 'the newcomer')
    const terms = new PoolTerms(member.pools)
    expect(terms.planOf(poolId, newcomer.vault.accountId)).toEqual(evening)
    await owner.restart()
    const byDirectory = (): boolean =>
      poolOf(member, poolId).directory?.members.get(newcomer.vault.accountId)?.planId === evening.planId
    await member.until(byDirectory, 'the confirmation')
    valueOf(
      await owner.actions.perform(poolId, {
        do: 'setMember',
        accountId: newcomer.vault.accountId,
        planId: defaultPlanId,
      }),
    )
    await member.until(() => terms.planOf(poolId, newcomer.vault.accountId).planId === guests.planId, 'the guests')
    expect(terms.planOf(poolId, member.vault.accountId).planId).toBe(defaultPlanId)
  })

  it('does for an admin what the manager does, where it is connected, and for nobody else', async () => {
    const { poolId, owner, others } = await pool('boss', 'helper', 'rank-and-file')
    const [admin, member] = others as [PoolPeer, PoolPeer]
    const rename: ManagerAction = { do: 'rename', name: 'Renamed' }
    expect(await codeOf(member, poolId, rename)).toBe('pool_role_needed')
    await makeAdmin(owner, poolId, admin, member)
    expect(await codeOf(admin, poolId, rename)).toBe('done')
    await member.until(() => poolOf(member, poolId).name === 'Renamed', 'the name')
    const grant = { role: 'guest' as const, usesAllowed: 1, lifetimeMs: dayMs }
    const made = valueOf(await admin.actions.createInvite(poolId, grant))
    expect(made.link).toContain('kith://join/')
    expect(poolOf(owner, poolId).directory?.invites.has(made.inviteId)).toBe(true)
    // What gives trust over others is the owner's alone.
    const { accountId, identity } = member.vault
    for (const action of [
      { do: 'setGateway', deviceId: identity.deviceId, isGateway: true },
      { do: 'setCoordinator', deviceId: identity.deviceId },
      { do: 'setMember', accountId, role: 'admin' },
      { do: 'suspendMember', accountId: admin.vault.accountId },
    ] satisfies ManagerAction[])
      expect(await codeOf(admin, poolId, action)).toBe('pool_role_needed')
    for (const action of [
      { do: 'suspendMember', accountId: owner.vault.accountId },
      { do: 'removeMember', accountId: owner.vault.accountId },
      { do: 'setMember', accountId: owner.vault.accountId, role: 'guest' },
    ] satisfies ManagerAction[])
      expect(await codeOf(admin, poolId, action)).toBe('pool_owner_stays')
    // The manager judges for itself, whatever the other side believes of its own role.
    const asked = await member.pools.askManager(poolOf(member, poolId), rename)
    expect(asked).toMatchObject({ error: { code: 'pool_role_needed' } })
    await goAway(owner, admin)
    expect(await codeOf(admin, poolId, { do: 'rename', name: 'Later' })).toBe('pool_manager_away')
    expect(await codeOf(admin, poolId, { do: 'savePlan', plan: evening })).toBe('pool_manager_away')
  })

  it('honours an admin who suspends, removes and withdraws while the owner is away, at every peer', async () => {
    const { poolId, owner, others } = await pool('sleepy', 'watchful', 'third', 'rude')
    const [admin, third, rude] = others as [PoolPeer, PoolPeer, PoolPeer]
    await makeAdmin(owner, poolId, admin, third, rude)
    const grant = { role: 'member' as const, usesAllowed: 9, lifetimeMs: dayMs }
    const { link, inviteId } = valueOf(await owner.actions.createInvite(poolId, grant))
    await third.until(() => poolOf(third, poolId).directory?.invites.has(inviteId) === true, 'the invite')
    await admin.until(() => poolOf(admin, poolId).directory?.invites.has(inviteId) === true, 'the invite')
    await goAway(owner, admin, third)
    const { accountId } = rude.vault
    const stateAt = (one: PoolPeer): string | undefined => poolOf(one, poolId).standing(accountId)?.state

    expect(await codeOf(admin, poolId, { do: 'suspendMember', accountId })).toBe('done')
    await third.until(() => stateAt(third) === 'suspended', 'the suspension')
    await rude.until(() => rude.pools.get(poolId)?.refusal?.code === 'member_suspended', 'the refusal')
    await third.until(
      () => third.pools.list().every(({ deviceId }) => deviceId !== rude.vault.identity.deviceId),
      'the cut',
    )
    // The admin's own word can be taken back by an admin.
    expect(await codeOf(admin, poolId, { do: 'resumeMember', accountId })).toBe('done')
    await third.until(() => stateAt(third) === 'active', 'the way back')

    expect(await codeOf(admin, poolId, { do: 'revokeInvite', inviteId })).toBe('done')
    expect(await codeOf(admin, poolId, { do: 'removeMember', accountId })).toBe('done')
    await third.until(
      () => stateAt(third) === 'suspended',
      'the removal, which is a suspension until the owner is back',
    )
    await third.until(() => poolOf(third, poolId).decisions.revokedInvites.has(inviteId), 'the withdrawal')
    const late = await peer('late')
    valueOf(await late.actions.join(link))
    await late.until(() => late.pools.get(poolId)?.refusal?.code === 'invite_revoked', 'the refusal of the invite')

    // An admin's decision about the owner is nobody's to follow.
    expect(await codeOf(admin, poolId, { do: 'removeMember', accountId: owner.vault.accountId })).toBe(
      'pool_owner_stays',
    )

    const epoch = poolOf(third, poolId).readEpoch
    await owner.restart()
    await third.until(() => poolOf(third, poolId).directory?.members.has(accountId) === false, 'the removal')
    await third.until(() => poolOf(third, poolId).readEpoch > epoch, 'the new epoch')
    expect(poolOf(owner, poolId).directory?.invites.get(inviteId)?.isRevoked).toBe(true)
    expect(poolOf(owner, poolId).standing(accountId)).toBeNull()
  })

  it('lets the owner undo what an admin decided, also where the clock of the admin is ahead', async () => {
    const { poolId, owner, others } = await pool('fair', 'hasty', 'accused')
    const [admin, accused] = others as [PoolPeer, PoolPeer]
    await makeAdmin(owner, poolId, admin, accused)
    await goAway(owner, admin)
    admin.nowMs += 3_600_000
    const { accountId } = accused.vault
    expect(await codeOf(admin, poolId, { do: 'suspendMember', accountId })).toBe('done')
    await owner.restart()
    await owner.until(() => poolOf(owner, poolId).directory?.members.get(accountId)?.state === 'suspended', 'the word')
    expect(await codeOf(owner, poolId, { do: 'resumeMember', accountId })).toBe('done')
    await admin.until(() => poolOf(admin, poolId).standing(accountId)?.state === 'active', 'the owner')
    expect(poolOf(owner, poolId).decisions.members.size).toBe(0)
    // What the directory has decided waits for it, also where an admin would decide otherwise.
    expect(await codeOf(owner, poolId, { do: 'suspendMember', accountId })).toBe('done')
    await admin.until(() => poolOf(admin, poolId).directory?.members.get(accountId)?.state === 'suspended', 'the owner')
    await goAway(owner, admin)
    expect(await codeOf(admin, poolId, { do: 'resumeMember', accountId })).toBe('pool_manager_away')
  })

  it('gives a guest who becomes a member the ledger, and takes it from a member who becomes a guest', async () => {
    const { poolId, owner, others } = await pool('patron', 'climber')
    const climber = others[0] as PoolPeer
    const { accountId } = climber.vault
    const hasLedger = (): boolean => {
      const { ring, readEpoch } = poolOf(climber, poolId)
      return typeof ring.of(readEpoch)?.usageKey === 'string'
    }
    await climber.until(hasLedger, 'the ledger of a member')
    const before = poolOf(climber, poolId).readEpoch
    valueOf(await owner.actions.perform(poolId, { do: 'setMember', accountId, role: 'guest' }))
    await climber.until(() => poolOf(climber, poolId).readEpoch > before, 'a new epoch')
    expect(hasLedger()).toBe(false)
    valueOf(await owner.actions.perform(poolId, { do: 'setMember', accountId, role: 'member' }))
    await climber.until(hasLedger, 'the ledger again')
  })

  it('keeps two pools of one account apart', async () => {
    const { poolId: first, owner, others } = await pool('twofold', 'both')
    const both = others[0] as PoolPeer
    const { poolId: second } = valueOf(await owner.actions.create('Second', 'shared'))
    const grant = { role: 'guest' as const, usesAllowed: 1, lifetimeMs: dayMs }
    valueOf(await both.actions.join(valueOf(await owner.actions.createInvite(second, grant)).link))
    await both.until(() => both.pools.get(second)?.directory?.members.size === 2, 'the second pool')
    valueOf(await owner.actions.perform(first, { do: 'savePlan', plan: evening }))
    valueOf(
      await owner.actions.perform(first, { do: 'setMember', accountId: both.vault.accountId, planId: evening.planId }),
    )
    const terms = new PoolTerms(both.pools)
    await both.until(() => terms.planOf(first, both.vault.accountId).planId === evening.planId, 'the plan')
    expect(terms.planOf(second, both.vault.accountId).planId).toBe(defaultPlanId)
    expect(poolOf(both, first).standing(both.vault.accountId)?.role).toBe('member')
    expect(poolOf(both, second).standing(both.vault.accountId)?.role).toBe('guest')
  })
})
