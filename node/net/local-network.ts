import createTestnet from 'hyperdht/testnet.js'

/** A network that nobody outside this computer can reach. */
export interface LocalNetwork {
  readonly host: '127.0.0.1'
  readonly bootstrap: readonly { readonly host: string; readonly port: number }[]
  stop(): Promise<void>
}

/** Fewer than four nodes, and connections open and die: address sampling needs three others. */
const nodeCount = 4

/** Starts a DHT of a few nodes on the loopback address, for "Try it alone" and for tests. */
export async function startLocalNetwork(): Promise<LocalNetwork> {
  const host = '127.0.0.1'
  const network = await createTestnet(nodeCount, { host })
  return {
    host,
    bootstrap: network.bootstrap.map((node) => ({ host: node.host, port: node.port })),
    stop: () => network.destroy(),
  }
}
