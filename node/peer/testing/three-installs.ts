import type { AppState } from '../../contract/state.ts'
import type { ReceiptView, UsageDirection, UsageTotals } from '../../contract/usage.ts'
import type { KeyId, PoolId } from '../../contract/ids.ts'
import { startLocalNetwork } from '../../net/local-network.ts'
import type { NetworkOptions } from '../peer-options.ts'
import { TestPeer, testPassword, valueOf } from './test-peer.ts'

/** How long counts may take to agree before that counts as a failure. */
const convergenceDeadlineMs = 60_000

/** What one install counts: what its account asked for, and what the account's computers gave. */
export interface Counts {
  readonly consumed: UsageTotals
  readonly served: UsageTotals
}

/**
 * Ada, who owns a pool and shares a model, and the two computers of Bob, who is a member: a desk, home of
 * his key, and a laptop with a model of its own, which can be cut off from the two others.
 */
export class ThreeInstalls {
  private constructor(
    readonly ada: TestPeer,
    readonly desk: TestPeer,
    readonly laptop: TestPeer,
    readonly poolId: PoolId,
    readonly model: string,
    readonly keyId: KeyId,
    private readonly plainKey: string,
    /** Of Bob's account. */
    readonly recoveryPhrase: string,
    private readonly network: NetworkOptions,
    private readonly stopNetwork: () => Promise<void>,
  ) {}

  static async start(requestsPerMonth: number): Promise<ThreeInstalls> {
    const local = await startLocalNetwork()
    const network = { host: '127.0.0.1', bootstrap: local.bootstrap }
    const [ada, desk, laptop] = [
      await TestPeer.start('ada', network),
      await TestPeer.start('bob', network),
      await TestPeer.start('bob', network),
    ]
    await ada.signUp()
    const phrase = await desk.signUp()
    const model = await ada.importTinyModel()
    await laptop.importTinyModel()
    const { poolId } = valueOf(await ada.peer.call('pool.create', { name: 'Friends' }))
    const invited = await ada.peer.call('pool.createInvite', {
      poolId,
      role: 'member',
      usesAllowed: 1,
      lifetimeMs: 3_600_000,
    })
    valueOf(await desk.peer.call('pool.join', { link: valueOf(invited).link }))
    const isActive = ({ pools }: AppState): boolean => pools.find((pool) => pool.poolId === poolId)?.state === 'active'
    await desk.until(isActive, 'the pool')
    const { code } = valueOf(await desk.peer.call('account.startLinking', { password: testPassword }))
    valueOf(await laptop.peer.call('account.linkDevice', { code, password: testPassword, deviceName: 'Laptop' }))
    await laptop.until(isActive, 'the pool on the laptop')
    valueOf(await ada.peer.call('sharing.set', { isEnabled: true }))
    const { key, plainKey } = valueOf(
      await desk.peer.call('key.create', {
        poolId,
        name: 'Editor',
        scopes: ['inference'],
        allowedModels: null,
        limits: { requestsPerMonth },
        limitMode: 'enforced',
        timeZone: 'UTC',
        expiresAtMs: null,
      }),
    )
    await laptop.until(({ keys }) => keys.some(({ keyId }) => keyId === key.keyId), 'the key on the laptop')
    const stopNetwork = (): Promise<void> => local.stop()
    const of = [ada, desk, laptop, poolId, model, key.keyId, plainKey, phrase, network, stopNetwork] as const
    const installs = new ThreeInstalls(...of)
    await installs.untilAllMeet()
    return installs
  }

  /** Waits until all three are connected to each other. */
  async untilAllMeet(): Promise<void> {
    const connected = ({ machines }: AppState): number =>
      machines.filter(({ isSelf, connection }) => !isSelf && connection !== 'offline').length
    for (const peer of [this.ada, this.desk, this.laptop]) {
      await peer.until((state) => connected(state) === 2, 'the two others')
    }
    await this.desk.until(({ machines }) => machines.some(({ isSharing }) => isSharing), 'the shared model')
  }

  /** One more computer on the same network, with nothing on it. */
  bare(username: string): Promise<TestPeer> {
    return TestPeer.start(username, this.network)
  }

  /** Takes the laptop off the network. It goes on by itself. */
  async cut(): Promise<void> {
    await this.laptop.peer.suspend()
    for (const peer of [this.ada, this.desk]) {
      await peer.until(
        ({ machines }) => machines.filter(({ isSelf, connection }) => !isSelf && connection !== 'offline').length === 1,
        'the laptop to be gone',
      )
    }
  }

  async heal(): Promise<void> {
    await this.laptop.peer.resume()
  }

  /** Asks once through an install's local API with the one key. Answers the status. */
  async askWithKey(peer: TestPeer): Promise<number> {
    const { api } = await peer.until((state) => state.api.state === 'running', 'the local API')
    const answer = await fetch(`${api.url ?? ''}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.plainKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: this.model,
        temperature: 0,
        max_completion_tokens: 30,
        messages: [{ role: 'user', content: 'What do you say?' }],
      }),
      signal: AbortSignal.timeout(30_000),
    })
    await answer.text()
    return answer.status
  }

  async counts(peer: TestPeer): Promise<Counts> {
    const of = async (direction: UsageDirection): Promise<UsageTotals> =>
      valueOf(await peer.peer.call('usage.report', { ...range(direction), grain: 'month', groupBy: 'none' })).totals
    return { consumed: await of('consumed'), served: await of('served') }
  }

  async receipts(peer: TestPeer, direction: UsageDirection): Promise<ReceiptView[]> {
    const query = { ...range(direction), keyId: null, max: 500 }
    return valueOf(await peer.peer.call('usage.receipts', query)).receipts
  }

  /** How many requests of its limit the key has used, as an install knows it. */
  async keyUsed(peer: TestPeer): Promise<number | null> {
    const { keys } = await peer.state()
    return keys.find(({ keyId }) => keyId === this.keyId)?.limitStates[0]?.used ?? null
  }

  /** Looks at the counts of an install with every change of its usage, until they are so. Rejects after a minute. */
  async untilCounts(peer: TestPeer, isSo: (counts: Counts) => boolean): Promise<Counts> {
    let unlisten = (): void => undefined
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise<Counts>((resolve, reject) => {
        let latest: Counts | null = null
        const look = (): void => {
          this.counts(peer).then((counts) => {
            latest = counts
            if (isSo(counts)) resolve(counts)
          }, reject)
        }
        unlisten = peer.peer.listen('state', ({ slice }) => {
          if (slice === 'usage') look()
        })
        timer = setTimeout(
          () => reject(new Error(`${peer.username}: counts never agreed; the last were ${JSON.stringify(latest)}`)),
          convergenceDeadlineMs,
        )
        look()
      })
    } finally {
      clearTimeout(timer)
      unlisten()
    }
  }

  async remove(): Promise<void> {
    for (const peer of [this.laptop, this.desk, this.ada]) await peer.remove()
    await this.stopNetwork()
  }
}

/** The whole time span. */
function range(direction: UsageDirection) {
  return { poolId: null, direction, fromMs: 0, toMs: Date.now() + 3_600_000 }
}
