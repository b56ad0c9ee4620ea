import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { PoolId } from '../../contract/ids.ts'
import { toHex } from '../../crypto/encoding.ts'
import type { Bee } from '../../state/bee.ts'
import { attackBee } from '../../state/testing/evil-blocks.ts'
import { PoolBench } from '../testing/pool-bench.ts'
import { valueOf, type PoolPeer } from '../testing/pool-peer.ts'
import type { Pool } from './pool.ts'
import { localKeys, memberKeys } from './records.ts'

const dayMs = 86_400_000
let bench: PoolBench
let owner: PoolPeer
let guest: PoolPeer
let friend: PoolPeer
let poolId: PoolId

/** A pool of three, who all have read what the others wrote. */
async function makePool(names: readonly [string, string, string]): Promise<void> {
  bench = await PoolBench.open()
  ;[owner, guest, friend] = await Promise.all([bench.peer(names[0]), bench.peer(names[1]), bench.peer(names[2])])
  poolId = valueOf(await owner.actions.create('Friends', 'shared')).poolId
  for (const [peer, role] of [[guest, 'guest'] as const, [friend, 'member'] as const]) {
    const invite = await owner.actions.createInvite(poolId, { role, usesAllowed: 1, lifetimeMs: dayMs })
    valueOf(await peer.actions.join(valueOf(invite).link))
    await peer.until(() => poolOf(peer).bees.own('member') !== null, 'read keys')
  }
  for (const peer of [owner, guest, friend]) {
    await peer.until(
      () => poolOf(peer).bees.all.filter(({ kind }) => kind === 'member').length === 3,
      'all member bees',
    )
  }
}

const poolOf = (peer: PoolPeer): Pool => {
  const pool = peer.pools.get(poolId)
  if (!pool) throw new Error('The pool is open')
  return pool
}
const memberOf = (peer: PoolPeer, writer: PoolPeer): Bee | undefined =>
  poolOf(peer).bees.all.find(({ kind, accountId }) => kind === 'member' && accountId === writer.vault.accountId)?.bee
const ownMember = (peer: PoolPeer): Bee => {
  const own = poolOf(peer).bees.own('member')
  if (!own) throw new Error('It has read keys')
  return own.bee
}
const isShared = (peer: PoolPeer, key: Uint8Array): boolean =>
  poolOf(peer).shared.some(({ core }) => toHex(core.key) === toHex(key))

describe("a guest's bee that breaks the law", () => {
  beforeAll(() => makePool(['ann', 'mallory', 'bert']))
  afterAll(() => bench.close())

  it('is set aside by everybody else, who name whose it is', async () => {
    const evil = ownMember(guest)
    await attackBee(evil, 'a node that is its own child')
    for (const peer of [owner, friend]) {
      await peer.until(() => poolOf(peer).setAside.length > 0, 'the core to be set aside')
      expect(poolOf(peer).setAside).toMatchObject([
        {
          kind: 'member',
          core: toHex(evil.key),
          accountId: guest.vault.accountId,
          deviceId: guest.vault.identity.deviceId,
          code: 'records_malformed',
        },
      ])
      expect(memberOf(peer, guest)).toBeUndefined()
      expect(isShared(peer, evil.key)).toBe(false)
    }
  })

  it('is replicated no more, on connections that go on', async () => {
    const evil = ownMember(guest)
    await expect.poll(() => evil.core.peers.length).toBe(0)
    expect(owner.pools.connections.in(poolId)).toHaveLength(2)
    expect(guest.pools.connections.in(poolId)).toHaveLength(2)
  })

  it('leaves what the others write as it was', async () => {
    await ownMember(owner).put(memberKeys.profile, { username: 'ann the second' })
    await expect.poll(() => memberOf(friend, owner)?.version).toBe(ownMember(owner).version)
    expect(poolOf(friend).refusal).toBeNull()
    valueOf(await owner.actions.perform(poolId, { do: 'rename', name: 'Still friends' }))
    await friend.until(() => poolOf(friend).name === 'Still friends', 'the new name')
  })

  it('is not opened again after a restart', async () => {
    const { key } = ownMember(guest)
    await friend.restart()
    await friend.until(() => friend.pools.connections.in(poolId).length === 2, 'the others')
    expect(poolOf(friend).setAside).toHaveLength(1)
    expect(memberOf(friend, guest)).toBeUndefined()
    expect(isShared(friend, key)).toBe(false)
  })

  it('is found anew in a profile that holds it from before it was known', async () => {
    await friend.restart(async () => {
      const prefix = localKeys.setAside(poolId)
      const stored = await friend.local.list(prefix, z.unknown())
      for (const { key } of stored) await friend.local.remove(prefix + key)
    })
    await friend.until(() => poolOf(friend).setAside.length === 1, 'the core to be set aside')
    expect(memberOf(friend, owner)?.isKnown).toBe(true)
  })

  it('is followed again in the next epoch, where its device writes a new one', async () => {
    const { epoch } = poolOf(owner).bees.own('member') ?? { epoch: 0 }
    // Who leaves makes the manager begin a new epoch.
    await friend.actions.leave(poolId)
    await guest.until(() => (poolOf(guest).bees.own('member')?.epoch ?? 0) > epoch, 'the new epoch')
    await owner.until(() => memberOf(owner, guest)?.isKnown === true, 'its new bee')
    expect(poolOf(owner).setAside).toHaveLength(1)
  })
})

describe("a manager's own bees that break the law", () => {
  beforeAll(() => makePool(['carl', 'dora', 'eve']))
  afterAll(() => bench.close())

  it('end the pool with a reason, and no other pool', async () => {
    const author = poolOf(owner).author as unknown as { readonly envelopes: Bee } | null
    if (!author) throw new Error('It is the manager')
    const other = valueOf(await friend.actions.create('Another', 'shared')).poolId
    await attackBee(author.envelopes, 'two blocks that lead to each other')
    await friend.until(() => poolOf(friend).refusal !== null, 'the reason')
    expect(poolOf(friend).refusal).toMatchObject({
      code: 'records_malformed',
      details: { kind: 'envelope', account: 'carl' },
    })
    expect(friend.pools.get(other)?.refusal).toBeNull()
    await friend.restart()
    expect(poolOf(friend).refusal?.code).toBe('records_malformed')
    await friend.until(() => friend.pools.get(other)?.directory?.pool.name === 'Another', 'the other pool')
  })
})
