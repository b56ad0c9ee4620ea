import createTestnet from 'hyperdht/testnet.js'

/** A DHT on the loopback address, which only this computer can reach. */
export interface LocalNetwork {
  readonly host: '127.0.0.1'
  readonly bootstrap: readonly { readonly host: string; readonly port: number }[]
  stop(): Promise<void>
}

/** With fewer than four nodes connections open and then die: address sampling needs three others. */
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
