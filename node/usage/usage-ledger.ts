import type { Identity } from '../accounts/identity.ts'
import { healthy, type Facility, type Health } from '../base/facility.ts'
import { Listeners } from '../base/listeners.ts'
import type { Log } from '../base/log.ts'
import type { DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import type { Result } from '../contract/result.ts'
import type { UsageCall, UsageReply } from '../protocol/messages/usage-messages.ts'
import type { Caller } from '../access/standing.ts'
import type { MachineDirectory } from '../protocol/machines.ts'
import type { ServiceClients } from '../protocol/service/service-client.ts'
import type { Bee } from '../state/bee.ts'
import { PoolReceipts } from './pool-receipts.ts'
import { ReceiptExchange } from './receipt-exchange.ts'
import { UsageQueries, type LedgerPool, type UsageNames } from './usage-queries.ts'
import { UsageIndex } from './usage-index.ts'
import { dropOldMonths } from './usage-months.ts'

export interface UsageLedgerOptions {
  readonly identity: Pick<Identity, 'accountId' | 'deviceId' | 'device'>
  readonly pools: () => Iterable<LedgerPool>
  /** The connected machines; its change event also means that a pool may have been added. */
  readonly machines: MachineDirectory
  readonly clients: Pick<ServiceClients, 'call'>
  /** The local store, for the journal of unfinished receipts. */
  readonly local: Bee
  /** Used by the usage index only; null keeps it in memory. */
  readonly index: Bee | null
  readonly isGateway: (poolId: PoolId, deviceId: DeviceId) => boolean
  readonly names: UsageNames
  readonly timeZone: () => string
  readonly nowMs: () => number
  readonly log: Log
  readonly retryMs?: number
}

const housekeepingMs = 24 * 3_600_000

/** Keeps the receipts of this device in all its pools, and reports what was used. */
export class UsageLedger implements Facility {
  readonly name = 'usage'
  readonly needs = ['pools']
  readonly #pools = new Map<PoolId, PoolReceipts>()
  readonly #index: UsageIndex
  readonly #exchange: ReceiptExchange
  /** Reports of usage, as the contract has them. */
  readonly queries: UsageQueries
  readonly #listeners = new Listeners()
  readonly #unsubscribe: (() => void)[] = []
  #housekeeping: NodeJS.Timeout | null = null
  readonly #opening = new Set<Promise<void>>()
  #revision = 0
  #isStopped = false

  constructor(private readonly options: UsageLedgerOptions) {
    const { identity, index, isGateway, nowMs, log } = options
    const { accountId } = identity
    const onChange = (): void => this.#changed()
    this.#index = new UsageIndex({ store: index, accountId, isGateway, nowMs, log, onChange })
    this.queries = new UsageQueries({ ...options, accountId, cube: this.#index.cube, ready: () => this.#ready() })
    this.#exchange = new ReceiptExchange({
      ...options,
      selfDeviceId: identity.deviceId,
      poolOf: (poolId) => this.pool(poolId),
      pools: () => this.#pools.values(),
    })
  }

  async start(): Promise<void> {
    this.#isStopped = false
    this.#index.open()
    this.#attachPools()
    this.#unsubscribe.push(this.options.machines.onChange(() => this.#attachPools()))
    this.#exchange.start()
    this.#housekeeping = setInterval(() => this.#keepHouse(), housekeepingMs)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#housekeeping) clearInterval(this.#housekeeping)
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe()
    await this.#exchange.stop()
    await this.flush()
    await this.#index.close()
    this.#pools.clear()
  }

  health(): Health {
    return healthy
  }

  /** Receipts of one pool; null for a pool this account is not in. */
  pool(poolId: PoolId): PoolReceipts | null {
    if (!this.#pools.has(poolId)) this.#attachPools()
    return this.#pools.get(poolId) ?? null
  }

  /** Resolves when every receipt so far is flushed to disk. */
  async flush(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.flush()))
  }

  /** Resolves when everything stored here is counted in reports. */
  async settled(): Promise<void> {
    await this.#ready()
    await this.flush()
    await this.#index.settled()
  }

  /** Handles `usage` from a gateway whose requests were served here. */
  receive(caller: Caller, call: UsageCall): Promise<Result<UsageReply>> {
    return this.#exchange.receive(caller, call)
  }

  /** Fires when totals have changed. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Increases with every change of the totals. */
  get revision(): number {
    return this.#revision
  }

  /** When a key was last used, on any machine; null for never. */
  lastUsedAtMs(keyId: KeyId): number | null {
    return this.#index.lastUsedAtMs(keyId)
  }

  #attachPools(): void {
    for (const pool of this.options.pools()) if (!this.#pools.has(pool.poolId)) this.#attach(pool)
    this.#index.reconsider()
  }

  #attach(pool: LedgerPool): void {
    const { identity, local, nowMs, log } = this.options
    const receipts = new PoolReceipts({
      poolId: pool.poolId,
      selfDeviceId: identity.deviceId,
      deviceSecretKey: identity.device.secretKey,
      local,
      nowMs,
      log,
      beesOf: async (month) => {
        const current = await pool.usage.own(month)
        if (!current) return null
        const own = pool.bees.all.filter((one) => one.isOwn && one.kind === 'usage' && one.month === month)
        return { current, earlier: own.map(({ bee }) => bee).filter((bee) => bee !== current) }
      },
      onOwed: () => this.#exchange.nudge(),
    })
    this.#pools.set(pool.poolId, receipts)
    const opened = receipts.open()
    this.#guard(opened, 'receipts under way could not be read')
    this.#unsubscribe.push(
      pool.bees.follow((one) => {
        this.#index.follow(pool.poolId, one)
        if (!one.isOwn || one.kind !== 'member') return
        // Read keys have arrived: earlier months can be opened and waiting receipts written.
        const opening = this.#openMonths(pool, receipts, opened)
        this.#opening.add(opening)
        this.#guard(
          opening.finally(() => this.#opening.delete(opening)),
          'usage bees could not be opened',
        )
      }),
    )
  }

  async #openMonths(pool: LedgerPool, receipts: PoolReceipts, opened: Promise<void>): Promise<void> {
    await pool.usage.openOwn()
    await opened
    receipts.resume()
    await dropOldMonths(pool, this.options.nowMs())
  }

  async #ready(): Promise<void> {
    await Promise.allSettled([this.#index.loaded(), ...this.#opening])
  }

  #keepHouse(): void {
    for (const pool of this.options.pools()) {
      this.#guard(dropOldMonths(pool, this.options.nowMs()), 'old receipts could not be dropped')
    }
  }

  /** Logs the failure of a step that nobody awaits. One that a stop interrupts is done at the next start. */
  #guard(step: Promise<unknown>, failure: string): void {
    step.catch((cause: unknown) => {
      if (!this.#isStopped) this.options.log.error({ cause }, failure)
    })
  }

  #changed(): void {
    this.#revision += 1
    this.#listeners.emit()
  }
}
