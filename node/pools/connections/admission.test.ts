import type { Hypercore } from 'hypercore'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { maxCoreLength } from '../../base/core-limits.ts'
import { poolIdSchema } from '../../contract/ids.ts'
import { topicOf } from '../pools.ts'
import { PoolBench } from '../testing/pool-bench.ts'
import { valueOf, type PoolPeer } from '../testing/pool-peer.ts'

const dayMs = 86_400_000

describe('admission to a pool', () => {
  let bench: PoolBench
  beforeAll(async () => {
    bench = await PoolBench.open()
  })
  afterAll(() => bench.close())

  const peer = (username: string): Promise<PoolPeer> => bench.peer(username)

  async function poolOf(
    owner: PoolPeer,
    usesAllowed = 1,
    lifetimeMs = dayMs,
  ): Promise<{ poolId: string; link: string }> {
    const { poolId } = valueOf(await owner.actions.create('Friends', 'shared'))
    const { link } = valueOf(await owner.actions.createInvite(poolId, { role: 'member', usesAllowed, lifetimeMs }))
    return { poolId, link }
  }

  it('lets an invited account in, which then reads who is in the pool', async () => {
    const owner = await peer('ada')
    const guest = await peer('bob')
    const { link } = await poolOf(owner)
    const { poolId } = valueOf(await guest.actions.join(link))
    await guest.until(() => guest.pools.get(poolId)?.directory?.members.size === 2, 'the directory')
    await owner.until(
      () => owner.pools.list().some(({ deviceId }) => deviceId === guest.vault.identity.deviceId),
      'the machine',
    )
    const standing = owner.pools.whoIs(guest.vault.identity.deviceId)
    expect(standing?.standings).toMatchObject([{ poolId, role: 'member', state: 'active' }])
    // Both bees of the other side arrive: the directory names them.
    await owner.until(() => (owner.pools.get(poolId)?.shared.length ?? 0) >= 6, "the other side's bees")
  })

  it('refuses an account that comes after the invite was used up, and says why', async () => {
    const owner = await peer('owner-of-spent')
    const { link } = await poolOf(owner, 1)
    const first = await peer('first')
    const { poolId } = valueOf(await first.actions.join(link))
    await first.until(() => first.pools.get(poolId)?.directory !== null, 'the directory')
    const second = await peer('second')
    valueOf(await second.actions.join(link))
    await second.until(() => second.pools.get(poolId)?.refusal?.code === 'invite_spent', 'the refusal')
    expect(second.pools.get(poolId)?.directory).toBeNull()
  })

  it('refuses an acceptance it first sees after the invite expired, whatever date it carries', async () => {
    const owner = await peer('owner-of-expired')
    const { link } = await poolOf(owner, 1, 60_000)
    const late = await peer('late')
    owner.nowMs += 2 * 60_000
    const { poolId } = valueOf(await late.actions.join(link))
    await late.until(() => late.pools.get(poolId)?.refusal?.code === 'invite_expired', 'the refusal')
  })

  it('gives a stranger who knows the topic no block of any core', async () => {
    const owner = await peer('careful')
    const { poolId } = await poolOf(owner)
    const stranger = await peer('stranger')
    stranger.swarm.join(topicOf(poolIdSchema.parse(poolId)))
    await met(stranger, owner)
    for (const connection of stranger.swarm.connections)
      for (const core of await coresAsStranger(owner, poolId, stranger)) connection.attach(core, maxCoreLength.member)
    await asked(stranger)
    for (const core of await coresAsStranger(owner, poolId, stranger)) expect(core.length).toBe(0)
    expect(owner.pools.whoIs(stranger.vault.identity.deviceId)).toBeNull()
  })

  it('cuts a suspended member off at once, names the reason, and lets it back in', async () => {
    const owner = await peer('strict')
    const { poolId: id, link } = await poolOf(owner)
    const poolId = poolIdSchema.parse(id)
    const member = await peer('rude')
    valueOf(await member.actions.join(link))
    const { deviceId } = member.vault.identity
    // The last that the owner writes about a newcomer is where its bees are.
    const isNamed = (): boolean => Boolean(member.pools.get(poolId)?.directory?.devices.get(deviceId)?.statement)
    await member.until(isNamed, 'its own cores in the directory')
    const seenVersion = member.pools.get(poolId)?.directory?.version
    valueOf(await owner.actions.perform(poolId, { do: 'suspendMember', accountId: member.vault.accountId }))
    await member.until(() => member.pools.get(poolId)?.refusal?.code === 'member_suspended', 'the refusal')
    expect(owner.pools.whoIs(member.vault.identity.deviceId)?.standings[0]?.state).toBe('suspended')
    expect(member.pools.get(poolId)?.directory?.version).toBe(seenVersion)
    valueOf(await owner.actions.perform(poolId, { do: 'resumeMember', accountId: member.vault.accountId }))
    await member.until(
      () => member.pools.get(poolId)?.refusal === null && member.pools.list().length === 1,
      'the way back',
    )
  })

  it('admits newcomers provisionally while the owner sleeps, as many as the invite is for', async () => {
    const owner = await peer('sleeper')
    const { poolId: id, link } = await poolOf(owner, 2)
    const poolId = poolIdSchema.parse(id)
    const member = await peer('awake')
    valueOf(await member.actions.join(link))
    await member.until(() => member.pools.get(poolId)?.directory !== null, 'the directory')
    await owner.swarm.stop()
    await member.until(() => member.pools.list().length === 0, 'the owner to be gone')
    const newcomer = await peer('newcomer')
    valueOf(await newcomer.actions.join(link))
    await newcomer.until(() => newcomer.pools.list().length === 1, 'admission')
    expect(member.pools.whoIs(newcomer.vault.identity.deviceId)?.standings).toMatchObject([
      { poolId, state: 'provisional' },
    ])
    const third = await peer('one-too-many')
    valueOf(await third.actions.join(link))
    await third.until(() => third.pools.get(poolId)?.refusal?.code === 'invite_spent', 'the refusal')
    expect(member.pools.whoIs(third.vault.identity.deviceId)).toBeNull()
  })
})

function met(stranger: PoolPeer, owner: PoolPeer): Promise<void> {
  const isMet = (): boolean =>
    [...stranger.swarm.connections].some((connection) => connection.deviceId === owner.vault.identity.deviceId)
  return waitFor(isMet)
}

/** The owner's cores, opened by the stranger from their keys, as if those had leaked. */
async function coresAsStranger(owner: PoolPeer, poolId: string, stranger: PoolPeer): Promise<Hypercore[]> {
  const keys = owner.pools.get(poolIdSchema.parse(poolId))?.shared.map(({ core }) => core.key) ?? []
  expect(keys.length).toBeGreaterThan(3)
  return Promise.all(keys.map((key) => stranger.openCore(key)))
}

/** Long enough for a block to arrive on loopback, where members get theirs in a few milliseconds. */
async function asked(stranger: PoolPeer): Promise<void> {
  await Promise.all(stranger.opened.map((core) => core.get(0, { timeout: 1_000 }).then(String, () => 'nothing came')))
}

function waitFor(isSo: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 10_000, interval: 20 })
}
