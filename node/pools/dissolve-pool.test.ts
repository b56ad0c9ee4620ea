import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPoolEnding } from '../accounts/records/pool-ending.ts'
import type { PoolId } from '../contract/ids.ts'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { PoolBackups } from './pool-backups.ts'
import { foundPoolOf } from './testing/founded-pool.ts'
import { PoolBench } from './testing/pool-bench.ts'
import { valueOf, type PoolPeer } from './testing/pool-peer.ts'

describe('dissolving a pool', () => {
  let bench: PoolBench
  beforeAll(async () => {
    bench = await PoolBench.open()
  })
  afterAll(() => bench.close())

  const isDissolved = (one: PoolPeer, poolId: PoolId) => (): boolean =>
    one.pools.get(poolId)?.refusal?.code === 'pool_dissolved'

  it('ends it for everybody at once, with the name of who did it, and keeps what was read', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'ender', 'first', 'second')
    valueOf(await owner.actions.perform(poolId, { do: 'dissolve' }))
    for (const one of [owner, ...others]) {
      await one.until(isDissolved(one, poolId), 'the end')
      await one.until(() => one.pools.list().length === 0, 'the connections to end')
      const pool = one.pools.get(poolId)
      expect(pool?.refusal?.message).toContain('ender has dissolved the pool "Friends"')
      expect(pool?.standing(owner.vault.accountId)).toBeNull()
      expect(one.pools.whoIs(owner.vault.identity.deviceId)?.standings ?? []).toEqual([])
      expect(pool?.directory?.members.size).toBe(3)
      expect(pool?.bees.own('usage')).not.toBeNull()
    }
    const refused = await owner.actions.perform(poolId, { do: 'rename', name: 'Again' })
    expect(refused).toMatchObject({ error: { code: 'pool_dissolved' } })
    const grant = { role: 'member' as const, usesAllowed: 1, lifetimeMs: 3_600_000 }
    expect(await owner.actions.createInvite(poolId, grant)).toMatchObject({ error: { code: 'pool_dissolved' } })
  })

  it('stays so after a restart, and the key that spoke for it is gone', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'destroyer', 'stayer')
    valueOf(await owner.actions.perform(poolId, { do: 'dissolve' }))
    for (const one of [owner, ...others]) {
      await one.until(isDissolved(one, poolId), 'the end')
      await one.restart()
      expect(isDissolved(one, poolId)()).toBe(true)
      await one.until(() => one.pools.get(poolId)?.directory?.members.size === 2, 'what was read before')
      expect(one.vault.contents.memberships.find((kept) => kept.poolId === poolId)?.poolSecretKey).toBeNull()
      expect(one.pools.get(poolId)?.author).toBeNull()
    }
  })

  it('reaches a member that was away, from another one, without the owner', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'gone-for-good', 'present', 'away')
    const [present, away] = others as [PoolPeer, PoolPeer]
    await away.swarm.stop()
    valueOf(await owner.actions.perform(poolId, { do: 'dissolve' }))
    await present.until(isDissolved(present, poolId), 'the end')
    await owner.swarm.stop()
    await away.restart()
    expect(isDissolved(away, poolId)()).toBe(false)
    await away.until(isDissolved(away, poolId), 'the end')
    expect(away.pools.isConnecting(poolId)).toBe(false)
  })

  it('is told to whoever comes with an invite from before', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'host', 'guest-of-old')
    const grant = { role: 'member' as const, usesAllowed: 3, lifetimeMs: 3_600_000 }
    const { link } = valueOf(await owner.actions.createInvite(poolId, grant))
    valueOf(await owner.actions.perform(poolId, { do: 'dissolve' }))
    await others[0]?.until(isDissolved(others[0], poolId), 'the end')
    const late = await bench.peer('late-comer')
    valueOf(await late.actions.join(link))
    await late.until(isDissolved(late, poolId), 'the end')
    expect(await late.actions.join(link)).toMatchObject({ error: { code: 'pool_dissolved' } })
    // What is left of it can be taken off the list.
    valueOf(await late.actions.leave(poolId))
    expect(late.pools.get(poolId)).toBeUndefined()
    expect(late.vault.contents.memberships.some((kept) => kept.poolId === poolId)).toBe(false)
  })

  it('is not undone by a backup', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'keeper', 'knower')
    const options = { hearMs: 4_000, passwordCost: { operations: 1, memoryBytes: 8_192 }, nowMs: Date.now }
    const password = 'a password of its own'
    const { text } = valueOf(
      await new PoolBackups(owner.pools, { ...options, vault: owner.vault }).backUp(poolId, password),
    )
    valueOf(await owner.actions.perform(poolId, { do: 'dissolve' }))
    await others[0]?.until(isDissolved(others[0], poolId), 'the end')
    const restore = (one: PoolPeer) =>
      new PoolBackups(one.pools, { ...options, vault: one.vault }).restore(text, password)
    expect(await restore(owner)).toMatchObject({ error: { code: 'pool_dissolved' } })
    const anew = await bench.peer('new-install', { as: owner, isSibling: false })
    expect(await restore(anew)).toMatchObject({ error: { code: 'pool_dissolved' } })
    expect(anew.pools.get(poolId)).toBeUndefined()
  })

  it('needs the key that speaks for the pool, and is of this pool alone', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'rightful', 'attacker')
    const attacker = others[0] as PoolPeer
    const { poolId: otherId } = valueOf(await owner.actions.create('Other', 'shared'))
    const fields = { generation: 0, poolName: 'Friends', ownerName: 'rightful', atMs: 1 }
    const secretOf = (id: PoolId): Uint8Array => owner.pools.get(id)?.membership.poolSecretKey ?? new Uint8Array(64)
    const forged = [
      createPoolEnding(keyPairFromSeed(randomBytes(32)).secretKey, { ...fields, pool: poolId }),
      createPoolEnding(attacker.vault.identity.device.secretKey, { ...fields, pool: poolId }),
      createPoolEnding(secretOf(otherId), { ...fields, pool: otherId }),
      createPoolEnding(secretOf(poolId), { ...fields, pool: poolId, generation: 1 }),
    ]
    for (const ending of forged) await attacker.pools.get(poolId)?.takeAuthority({ successions: [], ending })
    expect(attacker.pools.get(poolId)?.refusal).toBeNull()
    expect(await attacker.actions.perform(poolId, { do: 'dissolve' })).toMatchObject({
      error: { code: 'pool_role_needed' },
    })
  })
})
