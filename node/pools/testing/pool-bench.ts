import createTestnet from 'hyperdht/testnet.js'
import type { DhtOptions } from '../../net/dht-node.ts'
import { startPoolPeer, type PoolPeer, type SameAccount } from './pool-peer.ts'

/** Peers on a local network of their own, which are closed together. */
export class PoolBench {
  readonly #peers: PoolPeer[] = []

  private constructor(
    private readonly network: DhtOptions,
    private readonly stopNetwork: () => Promise<void>,
  ) {}

  static async open(): Promise<PoolBench> {
    const testnet = await createTestnet(4, { host: '127.0.0.1' })
    return new PoolBench({ host: '127.0.0.1', bootstrap: testnet.bootstrap }, () => testnet.destroy())
  }

  async peer(username: string, same: SameAccount | null = null): Promise<PoolPeer> {
    const peer = await startPoolPeer(username, this.network, same)
    this.#peers.push(peer)
    return peer
  }

  async close(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.close()))
    await this.stopNetwork()
  }
}
