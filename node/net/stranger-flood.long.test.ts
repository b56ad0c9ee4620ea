import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import DHT from 'hyperdht'
import createTestnet from 'hyperdht/testnet.js'
import { expect, it } from 'vitest'
import { createLog } from '../base/log.ts'
import type { DeviceId } from '../contract/ids.ts'
import { toHex } from '../crypto/encoding.ts'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { CutOffs } from '../protocol/cut-offs.ts'
import { startChild } from '../protocol/testing/built-child.ts'
import { DhtNode } from './dht-node.ts'
import { PoolSwarm } from './pool-swarm.ts'

/** KITH_STRANGERS sets how many come. */
const count = Number(process.env['KITH_STRANGERS'] ?? 1_000)
const log = createLog({ level: 'silent' })

it('strangers without end take no member’s place, and little memory', { timeout: 1_200_000 }, async () => {
  const testnet = await createTestnet(4, { host: '127.0.0.1' })
  const node = new DhtNode({ host: '127.0.0.1', bootstrap: testnet.bootstrap }, log)
  await node.start()
  const member = DHT.keyPair()
  const own = keyPairFromSeed(randomBytes(32))
  const swarm = new PoolSwarm({
    dht: node,
    deviceKeyPair: own,
    log,
    isKnown: (deviceId: DeviceId) => deviceId === toHex(member.publicKey),
    cutOffs: new CutOffs(),
    onConnection: () => undefined,
  })
  await swarm.start()
  swarm.join(randomBytes(32))
  await sleep(2_000)
  const flood = async (strangers: number): Promise<void> => {
    const args = [String(testnet.bootstrap[0]?.port), toHex(own.publicKey), String(strangers), '1000', '500']
    const child = await startChild(join(import.meta.dirname, 'testing/stranger-flood.ts'), args)
    const [said] = await once(child, 'message')
    process.stdout.write(`${JSON.stringify(said)}\n`)
  }
  await flood(100)
  await sleep(12_000)
  globalThis.gc?.()
  const before = process.memoryUsage()
  const flooding = flood(count)
  await sleep(3_000)
  // Meanwhile a member comes, and stays.
  const dialler = new DHT({ bootstrap: testnet.bootstrap, host: '127.0.0.1' })
  const stream = dialler.connect(own.publicKey, { keyPair: member })
  stream.on('error', () => undefined)
  expect(await stream.opened).toBe(true)
  let most = 0
  const look = setInterval(() => (most = Math.max(most, swarm.connections.size)), 50)
  await flooding
  clearInterval(look)
  expect(most).toBeLessThanOrEqual(33)
  await sleep(12_000)
  globalThis.gc?.()
  const after = process.memoryUsage()
  process.stdout.write(
    `${JSON.stringify({ count, most, rssMb: (after.rss - before.rss) / 2 ** 20, heapMb: (after.heapUsed - before.heapUsed) / 2 ** 20, externalMb: (after.external - before.external) / 2 ** 20 })}\n`,
  )
  expect(after.rss - before.rss).toBeLessThan(40 * 2 ** 20)
  await swarm.stop()
  await dialler.destroy()
  await node.stop()
  await testnet.destroy()
})
