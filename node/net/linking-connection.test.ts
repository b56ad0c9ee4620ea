import createTestnet from 'hyperdht/testnet.js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newLinkingCode } from '../linking/linking-code.ts'
import { createLog } from '../base/log.ts'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { DhtNode } from './dht-node.ts'
import { dialForLinking, listenForLinking, type LinkingConnection } from './linking-connection.ts'

const log = createLog({ level: 'silent' })
const signal = new AbortController().signal
let here: DhtNode
let there: DhtNode
let close: () => Promise<void>

beforeAll(async () => {
  const testnet = await createTestnet(4, { host: '127.0.0.1' })
  const network = { host: '127.0.0.1', bootstrap: testnet.bootstrap }
  here = new DhtNode(network, log)
  there = new DhtNode(network, log)
  await here.start()
  await there.start()
  close = async () => {
    await here.stop()
    await there.stop()
    await testnet.destroy()
  }
})
afterAll(() => close())

function valueOf<T>(result: { ok: true; value: T } | { ok: false; error: { code: string } }): T {
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

/** A line between two nodes, with the end of whoever listens. */
async function line(): Promise<{ host: LinkingConnection; guest: LinkingConnection; end: () => Promise<void> }> {
  const { keys } = newLinkingCode()
  let met: (connection: LinkingConnection) => void = () => undefined
  const hosted = new Promise<LinkingConnection>((resolve) => (met = resolve))
  const listener = valueOf(
    await listenForLinking({ dht: here.dht, host: keys.host, guestKey: keys.guest.publicKey, log, onConnection: met }),
  )
  const dial = { dht: there.dht, hostKey: keys.host.publicKey, guest: keys.guest, log, deadlineMs: 10_000, signal }
  const guest = valueOf(await dialForLinking(dial))
  return { guest, host: await hosted, end: () => listener.close() }
}

it('carries whole messages both ways, and gives both ends the same handshake', async () => {
  const { host, guest, end } = await line()
  const large = randomBytes(300_000)
  guest.send(large)
  guest.send(new Uint8Array([1]))
  expect(await host.receive(signal)).toEqual(large)
  expect(await host.receive(signal)).toEqual(new Uint8Array([1]))
  host.send(new Uint8Array([2]))
  expect(await guest.receive(signal)).toEqual(new Uint8Array([2]))
  expect(guest.handshakeHash).toEqual(host.handshakeHash)
  await host.part()
  expect(await guest.receive(signal)).toBeNull()
  await end()
})

it('lets nobody in who does not know the code, and says that nobody was reached', async () => {
  const { keys } = newLinkingCode()
  const lines: LinkingConnection[] = []
  const listener = valueOf(
    await listenForLinking({
      dht: here.dht,
      host: keys.host,
      guestKey: keys.guest.publicKey,
      log,
      onConnection: (met) => lines.push(met),
    }),
  )
  const stranger = keyPairFromSeed(randomBytes(32))
  const dial = { dht: there.dht, hostKey: keys.host.publicKey, guest: stranger, log, deadlineMs: 2_000, signal }
  expect(await dialForLinking(dial)).toMatchObject({ ok: false, error: { code: 'link_unreachable' } })
  expect(lines).toEqual([])
  await listener.close()
})

it('ends where one side floods the other, and where whoever waits gives up', async () => {
  const flooded = await line()
  for (let count = 0; count < 40; count++) flooded.guest.send(new Uint8Array(10))
  const received: (Uint8Array | null)[] = []
  for (let count = 0; count < 40 && received.at(-1) !== null; count++) received.push(await flooded.host.receive(signal))
  expect(received.at(-1)).toBeNull()
  await flooded.end()
  const waited = await line()
  const givingUp = new AbortController()
  const waiting = waited.host.receive(givingUp.signal)
  givingUp.abort()
  expect(await waiting).toBeNull()
  waited.guest.close()
  await waited.end()
})
