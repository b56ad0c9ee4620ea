import { z } from 'zod'
import { Serial } from '../base/serial.ts'
import type { Log } from '../base/log.ts'
import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import { noUsage, type UsageTotals } from '../contract/usage.ts'
import { toHex } from '../crypto/encoding.ts'
import type { DeviceBee } from '../pools/pool/device-bees.ts'
import type { Bee } from '../state/bee.ts'
import type { BeeDifference } from '../state/bee-differences.ts'
import { minus, rollupSchema } from './rollups.ts'
import { cellPrefix, UsageCube } from './usage-cube.ts'
import { bucketStartMs, readRollupKey, usageKeys } from './usage-keys.ts'

const cursorPrefix = 'v1/cursor/'
const lastUsePrefix = 'v1/last-use/'
const carriedPrefix = 'v1/carried/'
/** How often changes are stored; after a crash they are only read again. */
const saveMs = 10_000
/** Appends within this time are read together. */
const readMs = 100
const retryMs = 5_000

export interface UsageIndexOptions {
  /** Used by this index only; null keeps it in memory. */
  readonly store: Bee | null
  readonly accountId: AccountId
  /** Whether a device may make requests for other accounts; its receipts for our account then count. */
  readonly isGateway: (poolId: PoolId, deviceId: DeviceId) => boolean
  readonly nowMs: () => number
  readonly log: Log
  readonly onChange: () => void
}

interface Followed {
  readonly poolId: PoolId
  readonly one: DeviceBee
  readonly id: string
}

/**
 * Totals of the account, built from the usage bees of its devices and of the gateways it may use.
 *
 * It can be rebuilt from the bees at any time. The version read of each core is stored in one step with the
 * totals it led to.
 */
export class UsageIndex {
  readonly cube = new UsageCube()
  readonly #followed = new Map<string, Followed>()
  readonly #cursors = new Map<string, number>()
  readonly #lastUse = new Map<string, number>()
  /** Months of devices whose receipts were dropped: only the carried monthly totals count. */
  readonly #carried = new Set<string>()
  #mustRebuild = false
  readonly #dirtyKeys = new Set<string>()
  readonly #serial = new Serial()
  readonly #reads = new Map<string, NodeJS.Timeout>()
  readonly #unsubscribe: (() => void)[] = []
  #saveTimer: NodeJS.Timeout | null = null
  #loaded: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(private readonly options: UsageIndexOptions) {}

  /** Starts to read what was stored, then the bees. Not awaited, because it can take long after years of use. */
  open(): void {
    this.#loaded = this.#serial.run(() => this.#load())
    this.#loaded.catch((cause: unknown) => {
      if (this.#isClosed) return
      this.options.log.error({ cause }, 'the usage index could not be read and is made anew')
      // A half-read state would lead to double counts.
      this.#loaded = this.#serial.run(() => this.#rebuild())
      this.#loaded.catch((failure: unknown) => {
        if (!this.#isClosed) this.options.log.error({ cause: failure }, 'the usage index could not be made anew')
      })
    })
  }

  /** Resolves when the totals of the last run are loaded. */
  async loaded(): Promise<void> {
    await this.#loaded.catch(() => undefined)
  }

  async #load(): Promise<void> {
    const { store, nowMs } = this.options
    for (const { key, value } of (await store?.list(cellPrefix, z.unknown())) ?? []) this.cube.restore(key, value)
    for (const { key, value } of (await store?.list(cursorPrefix, z.number())) ?? []) this.#cursors.set(key, value)
    for (const { key, value } of (await store?.list(lastUsePrefix, z.number())) ?? []) this.#lastUse.set(key, value)
    for (const { key } of (await store?.list(carriedPrefix, z.number())) ?? []) this.#carried.add(key)
    this.cube.prune(nowMs())
    this.options.onChange()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe()
    for (const timer of this.#reads.values()) clearTimeout(timer)
    if (this.#saveTimer) clearTimeout(this.#saveTimer)
    await this.#serial.idle()
    await this.#save()
  }

  /** Reads a usage bee and follows it, if it counts for this account. */
  follow(poolId: PoolId, one: DeviceBee): void {
    if (one.kind !== 'usage' || this.#isClosed) return
    const id = toHex(one.bee.key)
    if (this.#followed.has(id)) return
    const followed = { poolId, one, id }
    this.#followed.set(id, followed)
    this.#unsubscribe.push(one.bee.onProgress(() => this.#readSoon(followed, readMs)))
    this.#readSoon(followed, 0)
  }

  /** Reads bees that did not count before, because a device may have become a gateway. */
  reconsider(): void {
    for (const followed of this.#followed.values()) {
      if ((this.#cursors.get(followed.id) ?? 0) !== followed.one.bee.version) this.#readSoon(followed, readMs)
    }
  }

  /** When a key was last used, on any machine; null for never. */
  lastUsedAtMs(keyId: KeyId): number | null {
    return this.#lastUse.get(keyId) ?? null
  }

  /** Resolves when everything received so far is counted. */
  async settled(): Promise<void> {
    for (const followed of this.#followed.values()) this.#readNow(followed)
    await this.#serial.idle()
  }

  #readSoon(followed: Followed, afterMs: number): void {
    if (this.#isClosed || this.#reads.has(followed.id)) return
    this.#reads.set(
      followed.id,
      setTimeout(() => this.#readNow(followed), afterMs),
    )
  }

  #readNow(followed: Followed): void {
    clearTimeout(this.#reads.get(followed.id))
    this.#reads.delete(followed.id)
    if (this.#isClosed) return
    this.#serial
      .run(() => this.#read(followed))
      .catch((cause: unknown) => {
        if (this.#isClosed) return
        this.options.log.debug({ cause }, 'a usage bee will be read again')
        this.#readSoon(followed, retryMs)
      })
  }

  async #read(followed: Followed): Promise<void> {
    const { one, id, poolId } = followed
    const isRelevant = one.accountId === this.options.accountId || this.options.isGateway(poolId, one.deviceId)
    if (!isRelevant || this.#isClosed || this.#carried.has(carriedName(poolId, one.deviceId, one.month))) return
    const since = this.#cursors.get(id) ?? 0
    // A writer never goes back; if our copy is shorter than before, reading continues once it has caught up.
    if (one.bee.version <= since) return
    const prefix = usageKeys.rollups(one.month === '' ? 'month' : 'hour')
    const { differences, version } = await one.bee.differences(since, prefix)
    for (const difference of differences) this.#apply(followed, difference)
    this.#cursors.set(id, version)
    this.#dirtyKeys.add(cursorPrefix + id)
    this.#saveTimer ??= setTimeout(() => this.#saveLater(), saveMs)
    if (this.#mustRebuild) await this.#rebuild()
    if (differences.length > 0) this.options.onChange()
  }

  /** Reads everything again: when a month is carried forward, its hours are already counted. */
  async #rebuild(): Promise<void> {
    this.#mustRebuild = false
    const { store } = this.options
    for (const prefix of [cellPrefix, cursorPrefix]) {
      const stored = (await store?.list(prefix, z.unknown())) ?? []
      await store?.update(stored.map(({ key }) => [prefix + key, () => undefined] as const))
    }
    this.cube.clear()
    this.#cursors.clear()
    for (const followed of this.#followed.values()) this.#readSoon(followed, 0)
  }

  #apply({ poolId, one }: Followed, { key, before, after }: BeeDifference): void {
    const name = readRollupKey(key)
    const old = rollupSchema.safeParse(before)
    const next = rollupSchema.safeParse(after)
    const model = next.success ? next.data.model : old.success ? old.data.model : null
    if (!name || model === null) return
    const isCarried = one.month === ''
    const carried = carriedName(poolId, one.deviceId, name.bucket)
    if (isCarried && !this.#carried.has(carried)) {
      this.#carried.add(carried)
      this.#dirtyKeys.add(carriedPrefix + carried)
      this.#mustRebuild = true
    }
    const isOwnDevice = one.accountId === this.options.accountId
    // Served usage counts from our own devices; consumed usage from the gateway that made the request.
    if (name.direction === 'served' ? !isOwnDevice : name.accountId !== this.options.accountId) return
    const totals: UsageTotals = minus(next.success ? next.data : noUsage, old.success ? old.data : noUsage)
    const machine = name.direction === 'served' ? one.deviceId : name.peerDeviceId
    // Consumed usage is stored without the account, which follows from the machine.
    const ids = {
      key: name.keyId ?? '',
      model,
      machine,
      ...(name.direction === 'served' ? { account: name.accountId } : {}),
    }
    const startMs = bucketStartMs(name.bucket)
    const change = { poolId, direction: name.direction, startMs, hasHour: name.grain === 'hour', ids, totals }
    this.cube.add(change, this.options.nowMs())
    if (next.success && name.keyId && name.direction === 'consumed') this.#used(name.keyId, next.data.lastAtMs)
  }

  #used(keyId: KeyId, atMs: number): void {
    if (atMs <= (this.#lastUse.get(keyId) ?? 0)) return
    this.#lastUse.set(keyId, atMs)
    this.#dirtyKeys.add(lastUsePrefix + keyId)
  }

  #saveLater(): void {
    this.#saveTimer = null
    this.#serial
      .run(() => this.#save())
      .catch((cause: unknown) => this.options.log.warn({ cause }, 'the usage index could not be stored'))
  }

  /** Stores totals and cursors in one step, so that they always match. Runs between reads. */
  async #save(): Promise<void> {
    this.cube.prune(this.options.nowMs())
    const cells = this.cube.takeDirty()
    const others = [...this.#dirtyKeys].map((key): [string, unknown] => [key, this.#valueOf(key)])
    this.#dirtyKeys.clear()
    const changes = [...cells, ...others]
    if (changes.length === 0) return
    await this.options.store?.update(changes.map(([key, value]) => [key, (stored) => value ?? gone(stored)] as const))
  }

  #valueOf(key: string): number | undefined {
    if (key.startsWith(carriedPrefix)) return 1
    return key.startsWith(cursorPrefix)
      ? this.#cursors.get(key.slice(cursorPrefix.length))
      : this.#lastUse.get(key.slice(lastUsePrefix.length))
  }
}

function carriedName(poolId: PoolId, deviceId: DeviceId, month: string): string {
  return `${poolId}/${deviceId}/${month}`
}

/** Removes a record if there is one. */
function gone(stored: unknown): unknown {
  return stored === null ? stored : undefined
}
