import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { PoolId } from '../../contract/ids.ts'
import { toHex } from '../../crypto/encoding.ts'
import type { Bee } from '../../state/bee.ts'
import { PoolBench } from '../testing/pool-bench.ts'
import { valueOf, type PoolPeer } from '../testing/pool-peer.ts'
import { epochName } from './key-ring.ts'
import type { Pool } from './pool.ts'
import { memberKeys } from './records.ts'

const dayMs = 86_400_000
let bench: PoolBench
let owner: PoolPeer
let friend: PoolPeer
let mallory: PoolPeer
let poolId: PoolId

const poolOf = (peer: PoolPeer): Pool => {
  const pool = peer.pools.get(poolId)
  if (!pool) throw new Error('The pool is open')
  return pool
}
const ownMember = (peer: PoolPeer): Bee => {
  const own = poolOf(peer).bees.own('member')
  if (!own) throw new Error('It has read keys')
  return own.bee
}
const namedBy = (peer: PoolPeer, writer: PoolPeer): Bee[] =>
  poolOf(peer)
    .bees.all.filter(
      (one) => one.kind === 'usage' && one.deviceId === writer.vault.identity.deviceId && one.month !== '',
    )
    .map(({ bee }) => bee)

beforeAll(async () => {
  bench = await PoolBench.open()
  ;[owner, friend, mallory] = await Promise.all([bench.peer('ann'), bench.peer('bert'), bench.peer('mallory')])
  poolId = valueOf(await owner.actions.create('Friends', 'shared')).poolId
  for (const peer of [friend, mallory]) {
    const invite = await owner.actions.createInvite(poolId, { role: 'member', usesAllowed: 1, lifetimeMs: dayMs })
    valueOf(await peer.actions.join(valueOf(invite).link))
    await peer.until(() => poolOf(peer).bees.own('member') !== null, 'read keys')
  }
  for (const peer of [owner, friend, mallory]) {
    await peer.until(
      () => poolOf(peer).bees.all.filter(({ kind }) => kind === 'member').length === 3,
      'all member bees',
    )
  }
})
afterAll(() => bench.close())

/** Every way of reading; each has to end, and none may throw. */
async function readAll(bee: Bee): Promise<void> {
  await bee.list('v1/', z.unknown())
  await bee.get('v1/profile', z.unknown())
  await bee.changes(0, 100)
  await bee.differences(0, 'v1/')
}

it('a member that names cores of others as its own usage has them set aside for itself, and harms nobody', async () => {
  const own = ownMember(friend)
  const { epoch } = poolOf(mallory).bees.own('member') ?? { epoch: 0 }
  const { directoryCore = '' } = poolOf(mallory).header ?? {}
  const stolen = [toHex(own.key), toHex(ownMember(owner).key), directoryCore]
  await ownMember(mallory).update(
    stolen.map((core, index) => [`${memberKeys.usageCores}2026-0${index + 1}/${epochName(epoch)}`, () => ({ core })]),
  )
  const isSetAside = (): boolean => poolOf(friend).setAside.length >= stolen.length
  await expect
    .poll(async () => {
      for (const bee of namedBy(friend, mallory)) await readAll(bee)
      return isSetAside()
    })
    .toBe(true)
  const { deviceId } = mallory.vault.identity
  expect(new Set(poolOf(friend).setAside.map((one) => one.deviceId))).toEqual(new Set([deviceId]))
  expect(
    poolOf(friend)
      .setAside.map(({ core }) => core)
      .sort(),
  ).toEqual([...stolen].sort())
  // What is ours stays ours, is written on, and reaches the others.
  await own.put(memberKeys.profile, { username: 'bert the second' })
  const seenByOwner = (): Bee | undefined =>
    poolOf(owner).bees.all.find(({ kind, bee }) => kind === 'member' && toHex(bee.key) === toHex(own.key))?.bee
  await expect.poll(() => seenByOwner()?.version).toBe(own.version)
  expect(poolOf(friend).refusal).toBeNull()
  valueOf(await owner.actions.perform(poolId, { do: 'rename', name: 'Still friends' }))
  await friend.until(() => poolOf(friend).name === 'Still friends', 'the new name')
})

it('and so it is after a restart', async () => {
  await friend.restart()
  await friend.until(() => friend.pools.connections.in(poolId).length === 2, 'the others')
  expect(poolOf(friend).setAside).toHaveLength(3)
  await ownMember(friend).put(memberKeys.profile, { username: 'bert' })
  expect(await ownMember(friend).get(memberKeys.profile, z.object({ username: z.string() }))).toEqual({
    username: 'bert',
  })
})
