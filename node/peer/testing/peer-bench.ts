import type { TinyGgufOptions } from '../../../resources/scripts/real/tiny-gguf.mjs'
import type { PoolId } from '../../contract/ids.ts'
import { startLocalNetwork } from '../../net/local-network.ts'
import type { NetworkOptions } from '../peer-options.ts'
import { TestPeer, valueOf, type TestPeerOptions } from './test-peer.ts'

export interface Pair {
  readonly giver: TestPeer
  readonly asker: TestPeer
  readonly model: string
  readonly poolId: PoolId
}

/** Whole peers on a local network of their own, which are removed together. */
export class PeerBench {
  readonly #peers: TestPeer[] = []

  private constructor(
    private readonly network: NetworkOptions,
    private readonly stopNetwork: () => Promise<void>,
  ) {}

  static async open(): Promise<PeerBench> {
    const local = await startLocalNetwork()
    return new PeerBench({ host: local.host, bootstrap: local.bootstrap }, () => local.stop())
  }

  async start(username: string, options: TestPeerOptions = {}): Promise<TestPeer> {
    const peer = await TestPeer.start(username, this.network, options)
    this.#peers.push(peer)
    return peer
  }

  /** One who shares a model in a pool of his own, and one who was let into it and sees the model. */
  async pair(names: readonly [string, string] = ['giver', 'asker'], options: TinyGgufOptions = {}): Promise<Pair> {
    const giver = await this.start(names[0])
    const asker = await this.start(names[1])
    await giver.signUp()
    await asker.signUp()
    const model = await giver.importTinyModel(options)
    const { poolId } = valueOf(await giver.peer.call('pool.create', { name: 'Friends' }))
    const { link } = valueOf(
      await giver.peer.call('pool.createInvite', { poolId, role: 'member', usesAllowed: 2, lifetimeMs: 3_600_000 }),
    )
    valueOf(await asker.peer.call('pool.join', { link }))
    valueOf(await giver.peer.call('sharing.set', { isEnabled: true }))
    await asker.until((state) => state.machines.some((one) => !one.isSelf && one.isSharing), 'the shared model')
    await asker.until((state) => state.pools.find((pool) => pool.poolId === poolId)?.state === 'active', 'the pool')
    return { giver, asker, model, poolId }
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) await peer.remove()
    await this.stopNetwork()
  }
}
