import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Corestore from 'corestore'
import type { Hypercore } from 'hypercore'
import DHT, { type KeyPair, type SecretStream } from 'hyperdht'
import createTestnet from 'hyperdht/testnet.js'
import { createLog } from '../../base/log.ts'
import type { CutOffCode } from '../../contract/errors.ts'
import { PoolConnection } from '../pool-connection.ts'

const log = createLog({ level: process.env['KITH_TEST_LOG'] === 'debug' ? 'debug' : 'silent' })

/** One end of a connection, as PoolConnection has it, with what it was cut off for. */
export interface End {
  readonly stream: SecretStream
  readonly connection: PoolConnection
  /** What the other side was cut off for, by this end. */
  readonly cutOffs: CutOffCode[]
}

/** Real connections between two devices on this computer, and stores of cores for them. */
export class ConnectionBench {
  readonly #closers: (() => unknown)[] = []
  readonly #stores = new Map<string, Corestore>()

  private constructor(
    private readonly server: DHT,
    private readonly client: DHT,
    private readonly bootstrapPort: number,
  ) {}

  static async open(): Promise<ConnectionBench> {
    const testnet = await createTestnet(4, { host: '127.0.0.1' })
    const node = (): DHT => new DHT({ bootstrap: testnet.bootstrap, host: '127.0.0.1' })
    const bench = new ConnectionBench(node(), node(), testnet.bootstrap[0]?.port ?? 0)
    bench.#closers.push(
      () => testnet.destroy(),
      () => bench.client.destroy(),
      () => bench.server.destroy(),
    )
    return bench
  }

  /** Where another process finds the network. */
  get port(): number {
    return this.bootstrapPort
  }

  /** A key that can be dialled, and the first connection to it. */
  async listen(): Promise<{ publicKey: Uint8Array; connection: Promise<SecretStream> }> {
    const server = this.server.createServer()
    const keyPair = DHT.keyPair()
    const connection = once(server, 'connection').then(([stream]: SecretStream[]) => this.#opened(stream))
    await server.listen(keyPair)
    this.#closers.push(() => server.close())
    return { publicKey: keyPair.publicKey, connection }
  }

  /** A connection on whose one end no filter stands: what an attacker has. */
  async streams(keyPair: KeyPair = DHT.keyPair()): Promise<[served: SecretStream, dialled: SecretStream]> {
    const { publicKey, connection } = await this.listen()
    const dialled = this.#opened(this.client.connect(publicKey, { keyPair }))
    return [await connection, dialled]
  }

  #opened(stream: SecretStream | undefined): SecretStream {
    if (!stream) throw new Error('No connection came')
    stream.on('error', () => undefined)
    this.#closers.push(() => stream.destroy())
    return stream
  }

  end(stream: SecretStream): End {
    const cutOffs: CutOffCode[] = []
    const connection = new PoolConnection(stream, log, (code) => void cutOffs.push(code))
    this.#closers.push(() => connection.close())
    return { stream, connection, cutOffs }
  }

  /** Two honest devices that have let each other in. */
  async pair(): Promise<[End, End]> {
    const [served, dialled] = await this.streams()
    const ends: [End, End] = [this.end(served), this.end(dialled)]
    for (const { connection } of ends) connection.admit()
    return ends
  }

  /** A core in the store of a name; by its key it is a copy. */
  async core(store: string, source: { keyPair: KeyPair } | { key: Uint8Array }): Promise<Hypercore> {
    let opened = this.#stores.get(store)
    if (!opened) {
      const directory = await mkdtemp(join(tmpdir(), 'kith-cores-'))
      const fresh = new Corestore(directory)
      opened = fresh
      this.#stores.set(store, fresh)
      this.#closers.unshift(() => rm(directory, { recursive: true, force: true }))
      this.#closers.push(() => fresh.close())
    }
    const core = opened.get(source)
    await core.ready()
    return core
  }

  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close()
  }
}

/**
 * The longest time for which this process did nothing else, while something ran.
 *
 * In processor time, because a busy machine that runs something else is nobody's fault here.
 */
export async function longestStallMs(run: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = process.cpuUsage()
  const look = (): void => {
    const used = process.cpuUsage(last)
    longest = Math.max(longest, (used.user + used.system) / 1_000)
    last = process.cpuUsage()
  }
  const timer = setInterval(look, 1)
  try {
    await run()
  } finally {
    clearInterval(timer)
  }
  look()
  return longest
}
