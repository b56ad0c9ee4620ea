import type { PoolId } from '../../contract/ids.ts'
import type { PoolBench } from './pool-bench.ts'
import { valueOf, type PoolPeer } from './pool-peer.ts'

/** The pool "Friends" of an owner and members, who all have read who is in it. */
export async function foundPoolOf(
  bench: PoolBench,
  ...names: string[]
): Promise<{ poolId: PoolId; owner: PoolPeer; others: PoolPeer[] }> {
  const [owner, ...others] = await Promise.all(names.map((name) => bench.peer(name)))
  if (!owner) throw new Error('A pool has an owner')
  const { poolId } = valueOf(await owner.actions.create('Friends', 'shared'))
  const grant = { role: 'member' as const, usesAllowed: 10, lifetimeMs: 86_400_000 }
  const { link } = valueOf(await owner.actions.createInvite(poolId, grant))
  for (const other of others) valueOf(await other.actions.join(link))
  for (const one of [owner, ...others]) {
    await one.until(() => isWhole(one, poolId, names.length), `everybody of ${names.join(', ')}`)
  }
  return { poolId, owner, others }
}

/** Whether an install has read the directory with so many members, each with the cores of one device. */
export function isWhole(one: PoolPeer, poolId: PoolId, count: number): boolean {
  const directory = one.pools.get(poolId)?.directory
  const isCounted = directory?.members.size === count && directory.devices.size === count
  return isCounted && [...directory.devices.values()].every(({ statement }) => statement !== null)
}
