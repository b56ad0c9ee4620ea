import { once } from 'node:events'
import createTestnet from 'hyperdht/testnet.js'
import Hyperswarm, { type SwarmConnection } from 'hyperswarm'
import Protomux from 'protomux'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLog } from '../base/log.ts'
import type { PoolId } from '../contract/ids.ts'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { PoolConnection } from '../net/pool-connection.ts'
import { encodePoolMessage } from '../net/pool-messages.ts'
import { DhtNode, type DhtOptions } from '../net/dht-node.ts'
import { Fuzzer, throwOnce } from '../protocol/testing/fuzzer.ts'
import { topicOf } from './pools.ts'
import { startPoolPeer, valueOf, type PoolPeer } from './testing/pool-peer.ts'

/** KITH_FUZZ_SEED repeats a failure; KITH_FUZZ_MS sets how long each side is thrown at. */
const seed = Number(process.env['KITH_FUZZ_SEED'] ?? 20_261_124)
const durationMs = Number(process.env['KITH_FUZZ_MS'] ?? 15_000)
const throwsPerConnection = 40
const log = createLog({ level: 'silent' })
const blind = 'ab'.repeat(32)
const samples = [
  encodePoolMessage({ type: 'claims', version: 1, blinds: [blind] }),
  encodePoolMessage({ type: 'hello', username: 'eve', deviceList: 'AAAA', memberships: [{ blind, proof: 'AAAA' }] }),
  encodePoolMessage({ type: 'admit', blind, header: 'AAAA' }),
  encodePoolMessage({ type: 'refuse', blind, code: 'invite_spent', details: {} }),
  encodePoolMessage({ type: 'statement', blind, statement: 'AAAA' }),
  encodePoolMessage({ type: 'beat' }),
]

let network: DhtOptions
let owner: PoolPeer
let poolId: PoolId
let link: string
let closeNetwork: () => Promise<void>
const uncaught: unknown[] = []
const note = (cause: unknown): void => void uncaught.push(cause)

beforeAll(async () => {
  const testnet = await createTestnet(4, { host: '127.0.0.1' })
  network = { host: '127.0.0.1', bootstrap: testnet.bootstrap }
  closeNetwork = () => testnet.destroy()
  owner = await startPoolPeer('owner', network)
  poolId = valueOf(await owner.actions.create('Friends', 'shared')).poolId
  const grant = { role: 'member', usesAllowed: 10, lifetimeMs: 3_600_000 } as const
  link = valueOf(await owner.actions.createInvite(poolId, grant)).link
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
})
afterAll(async () => {
  process.off('uncaughtException', note)
  process.off('unhandledRejection', note)
  await owner.close()
  await closeNetwork()
})

/** Connects to the owner again and again, and throws at each connection until time is up. */
async function throwAtOwner(
  keyPair: { publicKey: Uint8Array; secretKey: Uint8Array },
  onConnection: (connection: SwarmConnection) => Promise<void> | void,
  fuzzer: Fuzzer,
): Promise<number> {
  const node = new DhtNode(network, log)
  await node.start()
  const endMs = performance.now() + durationMs
  let connections = 0
  while (performance.now() < endMs) {
    const swarm = new Hyperswarm({ keyPair, dht: node.lend() })
    swarm.join(topicOf(poolId), { server: false, client: true })
    const [connection] = (await once(swarm, 'connection')) as [SwarmConnection]
    connection.on('error', () => undefined)
    const mux = Protomux.from(connection)
    await onConnection(connection)
    for (let count = 0; count < throwsPerConnection && !connection.destroyed; count++) {
      throwOnce({ stream: connection, mux, protocols: ['kith/pool/1', 'hypercore/alpha'], samples }, fuzzer)
      if (fuzzer.random() < 0.3) await new Promise((resolve) => setImmediate(resolve))
    }
    connections += 1
    await swarm.destroy()
  }
  await node.stop()
  return connections
}

/** A newcomer still gets in and reads the directory. */
async function expectAlive(name: string): Promise<void> {
  const newcomer = await startPoolPeer(name, network)
  try {
    valueOf(await newcomer.actions.join(link))
    await newcomer.until(
      () => newcomer.pools.get(poolId)?.directory?.members.has(newcomer.vault.accountId) === true,
      'the pool',
    )
  } finally {
    await newcomer.close()
  }
}

describe(`random and mutated frames on pool connections (seed ${seed})`, () => {
  it('of a stranger do no harm', { timeout: durationMs + 60_000 }, async () => {
    const thrown = await throwAtOwner(keyPairFromSeed(randomBytes(32)), () => undefined, new Fuzzer(seed))
    expect(thrown).toBeGreaterThan(5)
    await expectAlive('after-stranger')
    expect(uncaught, `seed ${seed}`).toEqual([])
  })

  it('of a member, with replication open, do no harm', { timeout: durationMs + 60_000 }, async () => {
    const eve = await startPoolPeer('eve', network)
    valueOf(await eve.actions.join(link))
    await eve.until(() => eve.pools.get(poolId)?.directory !== null, 'the directory')
    await eve.swarm.stop()
    // It would be refused for a while after the first of its frames; here it may come again at once.
    vi.spyOn(owner.cutOffs, 'isRefused').mockReturnValue(false)
    const enter = async (connection: SwarmConnection): Promise<void> => {
      eve.pools.connections.add(new PoolConnection(connection, log))
      await eve.until(() => eve.pools.list().length > 0, 'admission')
    }
    const thrown = await throwAtOwner(eve.vault.identity.device, enter, new Fuzzer(seed + 1))
    expect(thrown).toBeGreaterThan(5)
    await expectAlive('after-member')
    await eve.close()
    expect(uncaught, `seed ${seed + 1}`).toEqual([])
  })
})
