import { monitorEventLoopDelay } from 'node:perf_hooks'
import type Corestore from 'corestore'
import { z } from 'zod'
import { keyPairFromSeed } from '../../crypto/keys.ts'
import { Bee } from '../bee.ts'
import { encodeBlock, type RawNode } from './evil-blocks.ts'
import { RandomTree, seeded } from './random-tree.ts'
import { replicate } from './replicate.ts'
import type { TestStores } from './test-stores.ts'

export interface FuzzReport {
  readonly rounds: number
  /** Rounds in which the core was set aside; the others held blocks that happen to be lawful. */
  readonly setAside: number
  /** Honest rounds in between, all of which read as they were written. */
  readonly honest: number
  /** The most blocks that the reads of one round asked for, for each block of its core. */
  readonly maxReadsPerBlock: number
  readonly loopDelayMaxMs: number
  readonly rssGrowthMb: number
}

const everything = { gte: 'v1/', lt: 'v1/\uffff' }

/**
 * Writes blocks at random into cores that really pair, and reads them at the other end in every way.
 *
 * A round's blocks are honest ones with bytes changed, swapped or cut, and ones made from the schema with references
 * anywhere. What a seed gives is the same each time.
 */
export class BeeFuzzer {
  readonly #random: () => number
  readonly #delay = monitorEventLoopDelay({ resolution: 10 })
  readonly #keys: Uint8Array[] = []
  #rounds = 0
  #setAside = 0
  #honest = 0
  #maxReadsPerBlock = 0
  readonly #startRss = process.memoryUsage.rss()

  private constructor(
    private readonly seed: number,
    private readonly evil: Corestore,
    private victim: Corestore,
  ) {
    this.#random = seeded(seed)
    this.#delay.enable()
  }

  static async open(stores: TestStores, seed: number): Promise<BeeFuzzer> {
    return new BeeFuzzer(seed, await stores.open('evil'), await stores.open('victim'))
  }

  async round(): Promise<void> {
    this.#rounds += 1
    const isHonest = this.#random() < 0.1
    const keyPair = keyPairFromSeed(this.#bytes(32))
    const written = await Bee.open(this.evil, 'member', { keyPair }, null)
    const tree = new RandomTree(written, seeded(this.seed + this.#rounds), 60)
    for (let step = 0; step < 3; step += 1) await tree.step()
    const sinceVersion = written.version
    const read = await Bee.open(this.victim, 'member', { key: written.key }, null)
    this.#keys.push(written.key)
    read.keepAll()
    const part = replicate(written, read)
    try {
      if (!isHonest) await this.#append(written)
      else await tree.step()
      await arrived(read, written.core.length)
      const count = countReads(read)
      await readAll(read, sinceVersion, this.#random)
      // Between the versions that an honest device signs there are none, as a batch is signed as a whole.
      if (!isHonest) await read.differences(Math.max(1, read.version - 1), 'v1/')
      this.#maxReadsPerBlock = Math.max(this.#maxReadsPerBlock, count() / read.core.length)
      if (read.unlawful) this.#setAside += 1
      if (!isHonest) return
      this.#honest += 1
      const isSame = JSON.stringify(await read.list('v1/k/', z.number())) === JSON.stringify(tree.sorted)
      if (read.unlawful || !isSame)
        throw new Error(
          `An honest bee was not read as written: seed ${this.seed}, ${read.unlawful?.reason ?? 'other records'}`,
        )
    } finally {
      part()
      await read.close()
      await written.close()
    }
  }

  /** Reads all cores of all rounds again from a store that was opened anew, as after a restart. */
  async secondStart(reopen: () => Promise<Corestore>): Promise<void> {
    await this.victim.close()
    this.victim = await reopen()
    for (const key of this.#keys) {
      const read = await Bee.open(this.victim, 'member', { key }, null)
      read.keepAll()
      await readAll(read, 5, this.#random)
      await read.close()
    }
  }

  report(): FuzzReport {
    this.#delay.disable()
    return {
      rounds: this.#rounds,
      setAside: this.#setAside,
      honest: this.#honest,
      maxReadsPerBlock: Math.ceil(this.#maxReadsPerBlock),
      loopDelayMaxMs: Math.ceil(this.#delay.max / 1e6),
      rssGrowthMb: Math.ceil((process.memoryUsage.rss() - this.#startRss) / 2 ** 20),
    }
  }

  async #append(bee: Bee): Promise<void> {
    const { core } = bee
    const count = 1 + this.#below(6)
    for (let block = 0; block < count; block += 1) {
      await core.append(this.#random() < 0.5 ? await this.#mutated(bee) : this.#made(core.length))
    }
  }

  async #mutated({ core }: Bee): Promise<Uint8Array> {
    const take = async (): Promise<Buffer> => Buffer.from((await core.get(1 + this.#below(core.length - 1))) ?? [])
    let block = await take()
    const changes = 1 + this.#below(4)
    for (let change = 0; change < changes; change += 1) {
      const at = this.#below(block.byteLength)
      switch (this.#below(4)) {
        case 0:
          block[at] = this.#below(256)
          break
        case 1:
          block = block.subarray(0, at)
          break
        case 2:
          block = Buffer.concat([block.subarray(0, at), this.#bytes(this.#below(9)), block.subarray(at)])
          break
        default:
          block = Buffer.concat([block.subarray(0, at), (await take()).subarray(at)])
      }
    }
    return block
  }

  #made(length: number): Uint8Array {
    // Most references lead somewhere, so that readers go on.
    const place = (): number => (this.#random() < 0.05 ? this.#below(2 ** 40) : this.#below(length + 2))
    const nodes = Array.from({ length: this.#below(5) }, (): RawNode => {
      const keys = Array.from({ length: this.#below(9) }, place)
      const isLeaf = this.#random() < 0.3
      const children = Array.from({ length: isLeaf ? 0 : keys.length + 1 }, () => [place(), this.#below(3)] as const)
      return { keys, children }
    })
    const key = `v1/k/${String(this.#below(90)).padStart(6, '0')}`
    return encodeBlock({ key, value: this.#random() < 0.1 ? null : 1, nodes })
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end)
  }

  #bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#below(256))
  }
}

/** Reads in every way, in an order at random: once a core is set aside, the rest read nothing. */
async function readAll(bee: Bee, sinceVersion: number, random: () => number): Promise<void> {
  const unknown = z.unknown()
  const reads: (() => Promise<unknown>)[] = [
    ...['v1/meta', 'v1/k/000003', 'v1/k/000050', 'v1/k/none'].map((key) => () => bee.get(key, unknown)),
    () => bee.differences(sinceVersion, 'v1/'),
    () => bee.differences(1, 'v1/'),
    () => drain(bee.newest(everything, unknown)),
    () => bee.list('v1/', unknown),
    () => bee.changes(1, 1_000),
  ]
  while (reads.length > 0) for (const read of reads.splice(Math.floor(random() * reads.length), 1)) await read()
}

async function drain(records: AsyncGenerator): Promise<void> {
  while ((await records.next()).done !== true);
}

function countReads(bee: Bee): () => number {
  let count = 0
  const get = bee.core.get.bind(bee.core)
  bee.core.get = (...asked) => {
    count += 1
    return get(...asked)
  }
  return () => count
}

/** Resolves when all blocks are here, or the core was set aside meanwhile. */
async function arrived(read: Bee, length: number): Promise<void> {
  while (read.core.contiguousLength < length && !read.unlawful) await new Promise((resolve) => setTimeout(resolve, 2))
}
