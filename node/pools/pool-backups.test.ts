import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PoolId } from '../contract/ids.ts'
import { PoolBackups } from './pool-backups.ts'
import { PoolBench } from './testing/pool-bench.ts'
import { valueOf, type PoolPeer } from './testing/pool-peer.ts'

const password = 'a password of its own'
const dayMs = 86_400_000

describe('restoring a pool', () => {
  let bench: PoolBench
  beforeAll(async () => {
    bench = await PoolBench.open()
  })
  afterAll(() => bench.close())

  const peer = (username: string, of?: PoolPeer, isSibling = false): Promise<PoolPeer> =>
    bench.peer(username, of ? { as: of, isSibling } : null)

  const backupsOf = ({ pools, vault }: PoolPeer): PoolBackups =>
    new PoolBackups(pools, {
      vault,
      nowMs: Date.now,
      hearMs: 4_000,
      passwordCost: { operations: 1, memoryBytes: 8_192 },
    })

  async function backUp(one: PoolPeer, poolId: PoolId): Promise<string> {
    return valueOf(await backupsOf(one).backUp(poolId, password)).text
  }

  const codeOf = async (one: PoolPeer, text: string): Promise<string> => {
    const restored = await backupsOf(one).restore(text, password)
    return restored.ok ? 'restored' : restored.error.code
  }

  async function pool(
    ownerName: string,
    memberName: string,
  ): Promise<{ poolId: PoolId; owner: PoolPeer; member: PoolPeer }> {
    const owner = await peer(ownerName)
    const member = await peer(memberName)
    const { poolId } = valueOf(await owner.actions.create('Friends', 'shared'))
    valueOf(await member.actions.join(await invite(owner, poolId)))
    for (const one of [owner, member]) await one.until(() => isWhole(one, poolId, 2), 'everybody')
    return { poolId, owner, member }
  }

  async function invite(one: PoolPeer, poolId: PoolId): Promise<string> {
    const grant = { role: 'member' as const, usesAllowed: 1, lifetimeMs: dayMs }
    return valueOf(await one.actions.createInvite(poolId, grant)).link
  }

  const isWhole = (one: PoolPeer, poolId: PoolId, count: number): boolean => {
    const directory = one.pools.get(poolId)?.directory
    return (
      directory?.members.size === count && [...directory.devices.values()].every(({ statement }) => statement !== null)
    )
  }

  const writerOf = (one: PoolPeer, poolId: PoolId): string | undefined => one.pools.get(poolId)?.header?.directoryWriter

  it('makes a new install of the owner the manager, with what members hold of newer records', async () => {
    const { poolId, owner, member } = await pool('lost-laptop', 'faithful')
    const text = await backUp(owner, poolId)
    valueOf(await owner.actions.perform(poolId, { do: 'rename', name: 'After the backup' }))
    await member.until(() => member.pools.get(poolId)?.name === 'After the backup', 'the name')
    const epoch = member.pools.get(poolId)?.readEpoch ?? 0
    await owner.swarm.stop()
    await member.until(() => member.pools.list().length === 0, 'the owner to be gone')

    const anew = await peer('new-laptop', owner)
    expect(await codeOf(anew, text)).toBe('restored')
    const { deviceId } = anew.vault.identity
    await member.until(() => writerOf(member, poolId) === deviceId, 'the new header')
    await member.until(() => (member.pools.get(poolId)?.readEpoch ?? 0) > epoch, 'new read keys')
    expect(member.pools.get(poolId)?.name).toBe('After the backup')
    // It manages: it invites, and whoever comes is confirmed.
    const newcomer = await peer('newcomer')
    valueOf(await newcomer.actions.join(await invite(anew, poolId)))
    await member.until(() => member.pools.get(poolId)?.directory?.members.size === 3, 'the newcomer')
    await newcomer.until(() => newcomer.pools.get(poolId)?.directory?.members.size === 3, 'the directory')
    // And it does so after a restart.
    await anew.restart()
    await anew.until(() => anew.pools.get(poolId)?.author !== null && anew.pools.list().length > 0, 'the restart')
    valueOf(await anew.actions.perform(poolId, { do: 'rename', name: 'Still here' }))
    await member.until(() => member.pools.get(poolId)?.name === 'Still here', 'the name')
  })

  it('takes the backup where nobody of the pool is there, and members follow when they come', async () => {
    const { poolId, owner, member } = await pool('burnt', 'asleep')
    const text = await backUp(owner, poolId)
    await owner.swarm.stop()
    await member.swarm.stop()
    const anew = await peer('from-backup', owner)
    expect(await codeOf(anew, text)).toBe('restored')
    expect(anew.pools.get(poolId)?.directory?.members.size).toBe(2)
    await member.restart()
    await member.until(() => writerOf(member, poolId) === anew.vault.identity.deviceId, 'the new header')
    await member.until(() => isWhole(member, poolId, 2) && member.pools.list().length > 0, 'the directory')
  })

  it('does not split a pool whose manager is there and has newer records', async () => {
    const { poolId, owner, member } = await pool('alive', 'witness')
    const text = await backUp(owner, poolId)
    valueOf(await owner.actions.perform(poolId, { do: 'rename', name: 'Newer' }))
    const other = await peer('second-desk', owner, true)
    expect(await codeOf(other, text)).toBe('backup_outdated')
    expect(other.pools.get(poolId)).toBeUndefined()
    expect(writerOf(member, poolId)).toBe(owner.vault.identity.deviceId)
    expect(await codeOf(owner, text)).toBe('restored')
    expect(owner.pools.get(poolId)?.name).toBe('Newer')
  })

  it('hands a pool over to another device of its owner, and who wrote before steps down', async () => {
    const { poolId, owner, member } = await pool('old-desk', 'friend')
    const other = await peer('new-desk', owner, true)
    expect(await codeOf(other, await backUp(owner, poolId))).toBe('restored')
    const { deviceId } = other.vault.identity
    await owner.until(() => writerOf(owner, poolId) === deviceId, 'the new header at the old manager')
    await owner.until(() => owner.pools.get(poolId)?.author === null, 'the old manager to step down')
    await member.until(() => writerOf(member, poolId) === deviceId, 'the new header')
    // An ordinary device of the owner now: it asks, and what it asks for arrives there too.
    await owner.until(() => owner.pools.isManagerConnected(owner.pools.get(poolId) as never), 'the manager')
    await owner.until(() => isWhole(owner, poolId, 2), 'the directory of the new manager')
    valueOf(await owner.actions.perform(poolId, { do: 'rename', name: 'Handed over' }))
    for (const one of [owner, member]) await one.until(() => one.pools.get(poolId)?.name === 'Handed over', 'the name')
    // So it stays after a restart, and its old header is followed by nobody.
    await owner.restart()
    expect(writerOf(owner, poolId)).toBe(deviceId)
    expect(owner.pools.get(poolId)?.author).toBeNull()
  })

  it('lets the old manager step down when it comes back after the pool was restored without it', async () => {
    const { poolId, owner, member } = await pool('sleeper', 'companion')
    const text = await backUp(owner, poolId)
    await owner.swarm.stop()
    await member.until(() => member.pools.list().length === 0, 'the owner to be gone')
    // What it writes now nobody hears, and nobody ever will.
    valueOf(await owner.actions.perform(poolId, { do: 'rename', name: 'Unheard' }))
    const other = await peer('successor', owner, true)
    expect(await codeOf(other, text)).toBe('restored')
    await owner.restart()
    const { deviceId } = other.vault.identity
    await owner.until(
      () => writerOf(owner, poolId) === deviceId && owner.pools.get(poolId)?.author === null,
      'stepping down',
    )
    await owner.until(() => owner.pools.get(poolId)?.name === 'Friends', 'the directory of the successor')
    expect(member.pools.get(poolId)?.name).toBe('Friends')
  })

  it('refuses the backup of somebody else, and whoever is not the owner', async () => {
    const { poolId, owner, member } = await pool('maker', 'thief')
    const text = await backUp(owner, poolId)
    expect(await codeOf(member, text)).toBe('pool_role_needed')
    expect(await backupsOf(member).backUp(poolId, password)).toMatchObject({ error: { code: 'pool_role_needed' } })
    expect(await backupsOf(owner).backUp(poolId, 'short')).toMatchObject({ error: { code: 'password_too_short' } })
    expect(await codeOf(owner, 'Kith pool backup 1\nrubbish\n0000000000000000')).toBe('backup_malformed')
    expect(member.pools.get(poolId)?.author).toBeNull()
  })
})
