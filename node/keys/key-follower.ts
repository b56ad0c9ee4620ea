import { whenAborted } from '../base/deadline.ts'
import { joinSignals } from '../base/joined-signal.ts'
import type { Log } from '../base/log.ts'
import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import type { DeviceBee } from '../pools/pool/device-bees.ts'
import type { KeyIndex } from './key-index.ts'
import type { KeyPool, KeyPools } from './key-pools.ts'
import type { HeldKey } from './key-record.ts'

/** How soon a read that failed is tried again. */
const retryMs = 2_000
/** How long the check of a key may wait for news from other devices. */
const refreshDeadlineMs = 1_500
/** An account is refreshed at most once in this time, so that unknown keys cannot flood the network. */
const refreshIntervalMs = 5_000

interface Followed {
  readonly pool: KeyPool
  readonly source: DeviceBee
}

export interface KeyFollowerOptions {
  readonly pools: KeyPools
  readonly index: KeyIndex
  readonly log: Log
  /** Before the pool's bees are read. */
  readonly onPool: (pool: KeyPool) => void
  /** This device has a bee to write in. */
  readonly onOwnBee: (pool: KeyPool, own: DeviceBee) => void
  readonly onKeys: (poolId: PoolId, accountId: AccountId, changed: ReadonlyMap<KeyId, HeldKey>) => void
}

/**
 * Reads the member bees of all pools into the index as they grow.
 *
 * Bees take turns, one part at a time, so that a very long bee does not hold up the others. Reading never
 * waits for a peer.
 */
export class KeyFollower {
  readonly #pools = new Map<KeyPool, () => void>()
  readonly #pending = new Set<Followed>()
  readonly #failed = new Set<Followed>()
  readonly #stopping = new AbortController()
  readonly #refreshes = new Map<string, { startedMs: number; done: Promise<void> }>()
  #unsubscribe: (() => void)[] = []
  #reading: Promise<void> | null = null
  #retry: NodeJS.Timeout | null = null

  constructor(private readonly options: KeyFollowerOptions) {}

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  start(): void {
    const { pools } = this.options
    this.#unsubscribe.push(pools.onChange(() => this.#followPools()))
    this.#followPools()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe()
    for (const unfollow of this.#pools.values()) unfollow()
    if (this.#retry) clearTimeout(this.#retry)
    this.#pending.clear()
    await this.#reading
    await Promise.all([...this.#refreshes.values()].map(({ done }) => done))
  }

  /** Whether everything that an account's devices are known to have written has been read. */
  isSettled(pool: KeyPool, accountId: AccountId): boolean {
    if (!pool.directory) return false
    // A device copies its records into each new epoch, so the newest of its bees has them all.
    const newest = new Map<DeviceId, DeviceBee>()
    for (const source of memberBees(pool, accountId)) {
      const known = newest.get(source.deviceId)
      if (!known || source.epoch > known.epoch) newest.set(source.deviceId, source)
    }
    // A device without a statement has not named its cores, and so has written no keys.
    const hasAll = [...pool.directory.devices.values()].every(
      (device) => device.accountId !== accountId || device.statement === null || newest.has(device.deviceId),
    )
    return hasAll && newest.size > 0 && [...newest.values()].every((source) => this.options.index.isRead(source))
  }

  /**
   * Asks connected devices for new records of an account and reads them, within a deadline.
   *
   * Calls within `refreshIntervalMs` share one refresh.
   */
  refresh(pool: KeyPool, accountId: AccountId): Promise<void> {
    const id = `${pool.poolId}/${accountId}`
    const nowMs = performance.now()
    for (const [other, { startedMs }] of this.#refreshes) {
      if (nowMs - startedMs >= refreshIntervalMs) this.#refreshes.delete(other)
    }
    const known = this.#refreshes.get(id)
    if (known) return known.done
    const done = this.#refresh(pool, accountId)
    this.#refreshes.set(id, { startedMs: nowMs, done })
    return done
  }

  /** Reads all of one bee that is stored here, without waiting for its turn. */
  async readNow(pool: KeyPool, source: DeviceBee): Promise<void> {
    while (await this.#readPart({ pool, source })) if (this.#isStopping) return
  }

  async #refresh(pool: KeyPool, accountId: AccountId): Promise<void> {
    const bees = memberBees(pool, accountId)
    const ends = joinSignals([this.#stopping.signal], refreshDeadlineMs)
    const news = { isComplete: false, poke: (): void => undefined }
    const complete = (): void => {
      news.isComplete = true
      news.poke()
    }
    Promise.allSettled(bees.map(({ bee }) => bee.refresh())).then(complete, complete)
    const unsubscribe = bees.map(({ bee }) => bee.onProgress(() => news.poke()))
    const ended = whenAborted(ends)
    while (!ends.aborted) {
      const poked = new Promise<void>((resolve) => (news.poke = resolve))
      for (const source of bees) await this.readNow(pool, source)
      if (news.isComplete && this.isSettled(pool, accountId)) break
      await Promise.race([poked, ended])
    }
    for (const end of unsubscribe) end()
    ends.clear()
  }

  #followPools(): void {
    const now = new Set(this.options.pools.all())
    for (const [pool, unfollow] of this.#pools) {
      if (now.has(pool)) continue
      unfollow()
      this.#pools.delete(pool)
    }
    for (const pool of now) if (!this.#pools.has(pool)) this.#pools.set(pool, this.#followPool(pool))
  }

  #followPool(pool: KeyPool): () => void {
    this.options.onPool(pool)
    const ends: (() => void)[] = []
    ends.push(
      pool.bees.follow((source) => {
        if (source.kind !== 'member') return
        const followed = { pool, source }
        ends.push(source.bee.onProgress(() => this.#enqueue(followed)))
        this.#enqueue(followed)
        if (source.isOwn) this.options.onOwnBee(pool, source)
      }),
    )
    return () => {
      for (const end of ends) end()
      for (const followed of this.#pending) if (followed.pool === pool) this.#pending.delete(followed)
    }
  }

  #enqueue(followed: Followed): void {
    if (this.#isStopping) return
    this.#pending.add(followed)
    this.#reading ??= this.#readPending()
  }

  async #readPending(): Promise<void> {
    // Deferred, so that blocks that arrive together are read together.
    await new Promise((resolve) => setImmediate(resolve))
    for (const followed of this.#pending) {
      this.#pending.delete(followed)
      if (!this.#isStopping && (await this.#readPart(followed))) this.#enqueue(followed)
    }
    this.#reading = null
  }

  /** Whether there is more to read. */
  async #readPart(followed: Followed): Promise<boolean> {
    const { pool, source } = followed
    const { index, log, onKeys } = this.options
    try {
      const { changed, isMore } = await index.read(pool.poolId, source)
      if (changed.size > 0) onKeys(pool.poolId, source.accountId, changed)
      return isMore
    } catch (cause) {
      if (this.#isStopping || !this.#pools.has(pool)) return false
      log.debug({ cause, pool: pool.poolId }, 'keys will be read again')
      this.#failed.add(followed)
      this.#retry ??= setTimeout(() => this.#retryFailed(), retryMs)
      return false
    }
  }

  #retryFailed(): void {
    this.#retry = null
    const failed = [...this.#failed]
    this.#failed.clear()
    for (const followed of failed) if (this.#pools.has(followed.pool)) this.#enqueue(followed)
  }
}

function memberBees(pool: KeyPool, accountId: AccountId): DeviceBee[] {
  return pool.bees.all.filter((source) => source.kind === 'member' && source.accountId === accountId)
}
