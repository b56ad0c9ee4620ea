// Three peers in three network namespaces, two of them behind NATs of their own, on a DHT of their own.
import { strict as assert } from 'node:assert'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCleanly, type Cleanup } from '../harness/run-cleanly.ts'
import { dhtPort, runDhtNodes } from './dht-nodes.ts'
import { HeadlessPeer, valueOf } from './headless-peer.ts'
import { startInNamespace } from './namespace-process.ts'
import { dhtHosts, firstHome, makeNetworks, openHost, removeNetworks, type NatNetworks } from './namespaces.ts'
import { probe, runProbe } from './probe.ts'

const file = fileURLToPath(import.meta.url)
const bootstrap = `${dhtHosts[0] ?? ''}:${dhtPort}`

async function run(cleanup: Cleanup): Promise<void> {
  await removeNetworks()
  cleanup.add(removeNetworks)
  const networks = await makeNetworks()
  // If the run is stopped while they are being made, some may exist already.
  cleanup.add(removeNetworks)
  await proveNat(networks)
  await startInNamespace(cleanup, networks.publicSide, [file, 'dht'], (line) => line === 'ready')
  const directory = await mkdtemp(join(tmpdir(), 'kith-nat-'))
  cleanup.add(() => rm(directory, { recursive: true, force: true }))
  const start = (name: string, namespace: string): Promise<HeadlessPeer> =>
    HeadlessPeer.start(cleanup, name, namespace, directory, bootstrap)
  const open = await start('Ada', networks.open)
  const first = await start('Bob', networks.behindFirst)
  const second = await start('Cleo', networks.behindSecond)
  console.log('Ada is open to the network, Bob and Cleo are behind NATs of their own.')
  console.log(JSON.stringify(await connectAndAsk(open, first, second)))
}

/** A machine behind a router can connect out, and nobody can connect in: else the rest would prove nothing. */
async function proveNat({ open, behindFirst, behindSecond }: NatNetworks): Promise<void> {
  assert.equal(await probe(file, behindFirst, openHost), 'refused')
  assert.equal(await probe(file, behindSecond, openHost), 'refused')
  assert.equal(await probe(file, open, firstHome.outside), 'silent')
  assert.equal(await probe(file, behindSecond, firstHome.outside), 'silent')
  assert.equal(await probe(file, behindSecond, firstHome.inside), 'unreachable')
}

async function connectAndAsk(open: HeadlessPeer, first: HeadlessPeer, second: HeadlessPeer): Promise<object> {
  const { poolId } = valueOf(await open.client.call('pool.create', { name: 'Across' }))
  const invite = { poolId, role: 'member', usesAllowed: 2, lifetimeMs: 3_600_000 } as const
  const { link } = valueOf(await open.client.call('pool.createInvite', invite))
  const connect = new Map<string, number>()
  const join = async (joining: HeadlessPeer, others: readonly HeadlessPeer[]): Promise<void> => {
    const startedMs = performance.now()
    valueOf(await joining.client.call('pool.join', { link }))
    await Promise.all(
      others.map(async (other) => {
        await joining.untilAdmitted(other.name)
        connect.set(`${joining.name}-${other.name}`, Math.round(performance.now() - startedMs))
      }),
    )
  }
  await join(first, [open])
  await join(second, [open, first])

  const all = [open, first, second]
  const own = new Map<HeadlessPeer, string>()
  for (const peer of all) {
    valueOf(await peer.client.call('sharing.set', { isEnabled: true }))
    own.set(peer, (await peer.ask(peer.model, poolId)).text)
  }
  const firstToken = new Map<string, number>()
  for (const asker of all) {
    for (const giver of all.filter((peer) => peer !== asker)) {
      await asker.until(
        ({ machines }) => machines.some(({ models }) => models.some(({ name }) => name === giver.model)),
        `the model of ${giver.name}`,
      )
      const answer = await asker.ask(giver.model, poolId)
      assert.equal(answer.isOwnMachine, false)
      assert.equal(answer.text, own.get(giver))
      firstToken.set(`${asker.name}-${giver.name}`, Math.round(answer.firstTokenMs))
      console.log(`${asker.name} heard from ${giver.name}: ${answer.text.trim()}`)
    }
  }
  return { connect_ms: Object.fromEntries(connect), first_token_ms: Object.fromEntries(firstToken) }
}

const [, , role, host = ''] = process.argv
if (role === 'dht') await runDhtNodes()
else if (role === 'probe') runProbe(host)
else await runCleanly(run)
