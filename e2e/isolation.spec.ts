import type { Hypercore } from 'hypercore'
import { maxCoreLength } from '../node/base/core-limits.ts'
import { topicOf } from '../node/pools/pools.ts'
import { startPoolPeer, valueOf } from '../node/pools/testing/pool-peer.ts'
import { expect, test } from './harness/fixtures.ts'

/** Members get their blocks in milliseconds here; whoever has none after this gets none. */
const blockDeadlineMs = 1_500

async function getsBlock(core: Hypercore, index: number): Promise<boolean> {
  return core.get(index, { timeout: blockDeadlineMs }).then(
    () => true,
    () => false,
  )
}

test('a stranger who knows the topic, and a member after suspension, get no block of any core', async ({
  launch,
  network,
}) => {
  const a = await launch('ada')
  await a.signUp()
  await a.skipFirstRun()
  const link = await a.startPool('Friends')
  const carol = await startPoolPeer('carol', network)
  const mallory = await startPoolPeer('mallory', network)
  try {
    const { poolId } = valueOf(await carol.actions.join(link))
    await carol.until(() => carol.pools.get(poolId)?.directory?.members.size === 2, 'the directory')
    const own = carol.vault.identity.deviceId
    const shared = (carol.pools.get(poolId)?.shared ?? []).filter(({ core }) => !core.writable)
    expect(shared.length).toBeGreaterThanOrEqual(4)
    for (const { core } of shared) expect(await getsBlock(core, 0)).toBe(true)

    // The stranger has learnt the topic and even the keys of the cores, and asks for blocks on its connection.
    mallory.swarm.join(topicOf(poolId))
    await expect.poll(() => mallory.swarm.connections.size).toBeGreaterThan(0)
    const leaked = await Promise.all(shared.map(({ core }) => mallory.openCore(core.key)))
    for (const connection of mallory.swarm.connections)
      for (const core of leaked) connection.attach(core, maxCoreLength.member)
    for (const core of leaked) expect(await getsBlock(core, 0)).toBe(false)

    await a.open('Pools')
    await a.page.getByRole('navigation', { name: 'Your pools' }).getByRole('button', { name: 'Friends' }).click()
    await a.page.getByRole('list', { name: 'People' }).getByRole('button', { name: 'More for carol' }).click()
    await a.page.getByRole('menuitem', { name: 'Suspend' }).click()
    await a.page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
    await carol.until(() => carol.pools.get(poolId)?.refusal?.code === 'member_suspended', 'the refusal')
    const lengths = shared.map(({ core }) => core.length)
    // Something new is written, which a member would receive at once.
    expect(
      await a.call('pool.createInvite', { poolId, role: 'guest', usesAllowed: 1, lifetimeMs: 3_600_000 }),
    ).toMatchObject({
      ok: true,
    })
    for (const [index, { core }] of shared.entries()) {
      for (const connection of carol.swarm.connections) connection.attach(core, maxCoreLength.member)
      expect(await getsBlock(core, lengths[index] ?? 0)).toBe(false)
    }
    expect(shared.map(({ core }) => core.length)).toEqual(lengths)
    expect((await a.state()).machines.find(({ deviceId }) => deviceId === own)?.connection).not.toBe('admitted')
  } finally {
    await carol.close()
    await mallory.close()
  }
})
