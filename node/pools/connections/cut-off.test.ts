import { setTimeout as sleep } from 'node:timers/promises'
import createTestnet from 'hyperdht/testnet.js'
import Protomux from 'protomux'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DhtOptions } from '../../net/dht-node.ts'
import { streamOf } from '../../net/testing/stream-of.ts'
import { range, sendReplication, sessionOf } from '../../protocol/testing/hostile-replication.ts'
import { startPoolPeer, valueOf, type PoolPeer } from '../testing/pool-peer.ts'

let network: DhtOptions
const peers: PoolPeer[] = []
let closeNetwork: () => Promise<void>
beforeAll(async () => {
  const testnet = await createTestnet(4, { host: '127.0.0.1' })
  network = { host: '127.0.0.1', bootstrap: testnet.bootstrap }
  closeNetwork = () => testnet.destroy()
})
afterAll(async () => {
  for (const peer of peers) await peer.close()
  await closeNetwork()
})

async function peer(name: string): Promise<PoolPeer> {
  const started = await startPoolPeer(name, network)
  peers.push(started)
  return started
}

it('a guest that sends an endless range is cut off, named and refused, and nobody else notices', async () => {
  const owner = await peer('owner')
  const { poolId } = valueOf(await owner.actions.create('Friends', 'shared'))
  const grant = { role: 'guest', usesAllowed: 5, lifetimeMs: 3_600_000 } as const
  const { link } = valueOf(await owner.actions.createInvite(poolId, grant))
  const eve = await peer('eve')
  const carol = await peer('carol')
  for (const one of [eve, carol]) {
    valueOf(await one.actions.join(link))
    await one.until(() => Boolean(one.pools.get(poolId)?.directory), 'the directory')
  }
  const evil = eve.vault.identity.deviceId
  const isConnected = (one: PoolPeer): boolean =>
    owner.pools.connections.in(poolId).some(({ deviceId }) => deviceId === one.vault.identity.deviceId)
  await owner.until(() => isConnected(eve) && isConnected(carol), 'both')

  const connection = [...eve.swarm.connections].find(({ deviceId }) => deviceId === owner.vault.identity.deviceId)
  const directory = eve.pools.get(poolId)?.shared.find(({ kind }) => kind === 'directory')
  if (!connection || !directory) throw new Error('Eve is not connected')
  const stream = streamOf(connection)
  const session = sessionOf(Protomux.from(stream), directory.core.discoveryKey)
  sendReplication({ session, stream }, [range(1, 2 ** 52)])

  await owner.until(() => !isConnected(eve), 'the end of it')
  expect(owner.cutOffs.list()).toMatchObject([{ deviceId: evil, code: 'hostile_messages' }])
  await sleep(3_000)
  expect(isConnected(eve)).toBe(false)
  expect(isConnected(carol)).toBe(true)
  expect(owner.pools.whoIs(evil)).not.toBeNull()
})
