import { once } from 'node:events'
import DHT from 'hyperdht'
import { dhtHosts } from './namespaces.ts'

export const dhtPort = 49_737

/** A DHT of its own: a first node and eight more, each on an address of its own, until the parent disconnects. */
export async function runDhtNodes(): Promise<void> {
  const [firstHost = '', ...hosts] = dhtHosts
  const nodes = [DHT.bootstrapper(dhtPort, firstHost)]
  const bootstrap = [{ host: firstHost, port: dhtPort }]
  for (const host of hosts) nodes.push(new DHT({ bootstrap, host, port: dhtPort, ephemeral: false, firewalled: false }))
  for (const node of nodes) await node.fullyBootstrapped()
  process.stdout.write('ready\n')
  process.stdin.resume()
  await once(process.stdin, 'end')
  for (const node of nodes.reverse()) await node.destroy()
}
