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
/** What changed in memory is stored this often; a crash costs only reading it again. */
const saveMs = 10_000
/** Many appends in one moment are read once. */
const readMs = 100
const retryMs = 5_000

export interface UsageIndexOptions {
  /** Of this index alone; null keeps it in memory. */
  readonly store: Bee | null
  readonly accountId: AccountId
  /** Whether a device may make requests for other accounts: what it writes of ours counts. */
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
 * Totals of the account, followed from the usage bees of its devices and of the gateways it may use.
 *
 * It can be dropped at any time: the bees hold everything. What was read is remembered by version of
 * each core, and stored together with the totals it led to.
 */
export class UsageIndex {
  readonly cube = new UsageCube()
  readonly #followed = new Map<string, Followed>()
  readonly #cursors = new Map<string, number>()
  readonly #lastUse = new Map<string, number>()
  /** Months of devices whose receipts are gone: only what was carried forward counts. */
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

  /** Begins to read what was stored; bees are read after that. Years of use take a while, and nobody waits for it. */
  open(): void {
    this.#loaded = this.#serial.run(() => this.#load())
    this.#loaded.catch((cause: unknown) => {
      if (this.#isClosed) return
      this.options.log.error({ cause }, 'the usage index could not be read and is made anew')
      // What was half read would be counted again.
      this.#loaded = this.#serial.run(() => this.#rebuild())
      this.#loaded.catch((failure: unknown) => {
        if (!this.#isClosed) this.options.log.error({ cause: failure }, 'the usage index could not be made anew')
      })
    })
  }

  /** Resolves when totals are those of the last run, or newer. */
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

  /** Reads a usage bee and whatever is added to it, if it counts for this account. */
  follow(poolId: PoolId, one: DeviceBee): void {
    if (one.kind !== 'usage' || this.#isClosed) return
    const id = toHex(one.bee.key)
    if (this.#followed.has(id)) return
    const followed = { poolId, one, id }
    this.#followed.set(id, followed)
    this.#unsubscribe.push(one.bee.onProgress(() => this.#readSoon(followed, readMs)))
    this.#readSoon(followed, 0)
  }

  /** Looks again at bees that did not count before: a device may have become a gateway. */
  reconsider(): void {
    for (const followed of this.#followed.values()) {
      if ((this.#cursors.get(followed.id) ?? 0) !== followed.one.bee.version) this.#readSoon(followed, readMs)
    }
  }

  /** When a key was last used, on any machine; null for never. */
  lastUsedAtMs(keyId: KeyId): number | null {
    return this.#lastUse.get(keyId) ?? null
  }

  /** Resolves when everything that has arrived so far is counted. */
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
    // A writer never goes back; a copy here that did is read on from where it stood, once it is there again.
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

  /** A month was carried forward: its hours are counted already, so everything is read anew. */
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
    // What was served counts from the own devices; what this account consumed, from whoever was its gateway.
    if (name.direction === 'served' ? !isOwnDevice : name.accountId !== this.options.accountId) return
    const totals: UsageTotals = minus(next.success ? next.data : noUsage, old.success ? old.data : noUsage)
    const machine = name.direction === 'served' ? one.deviceId : name.peerDeviceId
    // What was consumed has no account: it is known from the machine.
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

  /** Totals and cursors in one step: they must not part. Runs between reads. */
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

/** Leaves alone what is not there, and removes the rest. */
function gone(stored: unknown): unknown {
  return stored === null ? stored : undefined
}
