import createTestnet from 'hyperdht/testnet.js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PoolId } from '../../contract/ids.ts'
import { startPoolPeer, valueOf, type PoolPeer } from '../testing/pool-peer.ts'

const dayMs = 86_400_000
const peers: PoolPeer[] = []
let stopNetwork: () => Promise<void>
let poolId: PoolId
let owner: PoolPeer
let member: PoolPeer
let other: PoolPeer

beforeAll(async () => {
  const testnet = await createTestnet(4, { host: '127.0.0.1' })
  stopNetwork = () => testnet.destroy()
  const network = { host: '127.0.0.1', bootstrap: testnet.bootstrap }
  for (const name of ['owner', 'member', 'other']) peers.push(await startPoolPeer(name, network))
  ;[owner, member, other] = peers as [PoolPeer, PoolPeer, PoolPeer]
  poolId = valueOf(await owner.actions.create('Friends', 'shared')).poolId
  const grant = { role: 'member', usesAllowed: 2, lifetimeMs: dayMs } as const
  const { link } = valueOf(await owner.actions.createInvite(poolId, grant))
  valueOf(await member.actions.join(link))
  valueOf(await other.actions.join(link))
  await member.until(() => stateOf(other) === 'active', 'the other member')
})
afterAll(async () => {
  await Promise.all(peers.map((peer) => peer.close()))
  await stopNetwork()
})

/** How another device stands, as the member sees it. */
function stateOf({ vault }: PoolPeer): string | undefined {
  return member.pools.whoIs(vault.identity.deviceId)?.standings.find((one) => one.poolId === poolId)?.state
}

it('a directory that is older than the pool allows lets nobody in by it, but for the own account', () => {
  const { nowMs } = member
  member.nowMs = nowMs + 14 * dayMs
  expect([stateOf(owner), stateOf(other)]).toEqual(['active', 'active'])
  member.nowMs = nowMs + 15 * dayMs + 60_000
  expect([stateOf(owner), stateOf(other), stateOf(member)]).toEqual(['stale', 'stale', 'active'])
  const standing = member.pools.whoIs(other.vault.identity.deviceId)?.standings[0]
  expect(standing).toMatchObject({ role: 'member', silentDays: 15 })
  // Whoever writes the directory knows it.
  owner.nowMs += 15 * dayMs
  expect(owner.pools.whoIs(other.vault.identity.deviceId)?.standings[0]?.state).toBe('active')
  member.nowMs = nowMs
})

it('a suspended member stays suspended, however old the directory is', async () => {
  valueOf(await owner.actions.perform(poolId, { do: 'suspendMember', accountId: other.vault.accountId }))
  await member.until(() => stateOf(other) === 'suspended', 'the suspension')
  member.nowMs += 100 * dayMs
  expect([stateOf(owner), stateOf(other)]).toEqual(['stale', 'suspended'])
})
