import { z } from 'zod'
import { Serial } from '../base/serial.ts'
import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import { toHex } from '../crypto/encoding.ts'
import type { BeeChange } from '../state/bee-changes.ts'
import type { Bee, RecordChange } from '../state/bee.ts'
import type { DeviceBee } from '../pools/pool/device-bees.ts'
import { heldKeyOf, heldKeySchema, mergeKeys, type HeldKey } from './key-record.ts'

/** Keys kept of one account in one pool, revoked ones included: an account that floods harms only itself. */
export const maxKnownKeys = 10_000
/** Changes of one bee that are read in one go, so that a long one does not hold up the others. */
const changesPerStep = 256
/** Keys kept in memory beside those of this account. */
const maxWarmKeys = 20_000

const cursorSchema = z.object({ fork: z.number().int(), version: z.number().int() })
const countSchema = z.object({ keys: z.number().int() })
type Cursor = z.infer<typeof cursorSchema>

const cursorPrefix = 'v1/cursor/'
const keysOf = (poolId: PoolId, accountId: AccountId): string => `v1/key/${poolId}/${accountId}/`
const countOf = (poolId: PoolId, accountId: AccountId): string => `v1/count/${poolId}/${accountId}`

/**
 * The merged key records of all devices, on disk and warm in memory.
 *
 * A look-up reads one record, however many devices have written the key. The position up to which each bee
 * was read is written together with the records, in one step.
 */
export class KeyIndex {
  readonly #cursors = new Map<string, Cursor>()
  readonly #warm = new Map<string, HeldKey>()
  readonly #serial = new Serial()

  constructor(private readonly bee: Bee) {}

  async open(): Promise<void> {
    for (const { key, value } of await this.bee.list(cursorPrefix, cursorSchema)) this.#cursors.set(key, value)
  }

  async get(poolId: PoolId, accountId: AccountId, keyId: KeyId): Promise<HeldKey | null> {
    const key = keysOf(poolId, accountId) + keyId
    const warm = this.#warm.get(key)
    if (warm) return warm
    const stored = await this.bee.get(key, heldKeySchema)
    // A record merged during the read is newer.
    const held = this.#warm.get(key) ?? stored
    if (held) this.#keepWarm(key, held)
    return held
  }

  async list(poolId: PoolId, accountId: AccountId): Promise<{ keyId: KeyId; held: HeldKey }[]> {
    const stored = await this.bee.list(keysOf(poolId, accountId), heldKeySchema)
    return stored.map(({ key, value }) => ({ keyId: key as KeyId, held: value }))
  }

  /** Whether all of a bee that is known to exist has been read. */
  isRead({ bee }: DeviceBee): boolean {
    const cursor = this.#cursors.get(toHex(bee.key))
    return bee.isKnown && cursor?.fork === bee.fork && cursor.version >= bee.version
  }

  /** Reads the next part of a bee. Returns the keys that changed, and whether there may be more to read. */
  read(poolId: PoolId, source: DeviceBee): Promise<{ changed: Map<KeyId, HeldKey>; isMore: boolean }> {
    return this.#serial.run(async () => {
      const { bee } = source
      const { fork } = bee
      const cursor = this.#cursors.get(toHex(bee.key))
      // A truncated core is read again from the start; records it held before still count.
      const since = cursor?.fork === fork ? cursor.version : 0
      if (!bee.isKnown || since >= bee.version) return { changed: new Map(), isMore: false }
      const { changes, version } = await bee.changes(since, changesPerStep)
      if (version <= since) return { changed: new Map(), isMore: false }
      const changed = await this.#merge(poolId, source.accountId, keysIn(changes, source.deviceId), [
        [cursorPrefix + toHex(bee.key), () => ({ fork, version })],
      ])
      this.#cursors.set(toHex(bee.key), { fork, version })
      return { changed, isMore: version < bee.version }
    })
  }

  /** Merges records that were kept elsewhere. Returns those that changed the index. */
  absorb(poolId: PoolId, accountId: AccountId, heard: ReadonlyMap<KeyId, HeldKey>): Promise<Map<KeyId, HeldKey>> {
    return this.#serial.run(() => this.#merge(poolId, accountId, heard, []))
  }

  async #merge(
    poolId: PoolId,
    accountId: AccountId,
    heard: ReadonlyMap<KeyId, HeldKey>,
    cursor: readonly RecordChange[],
  ): Promise<Map<KeyId, HeldKey>> {
    const changed = new Map<KeyId, HeldKey>()
    const prefix = keysOf(poolId, accountId)
    const count = (await this.bee.get(countOf(poolId, accountId), countSchema))?.keys ?? 0
    let added = 0
    const merge = (keyId: KeyId, held: HeldKey) => (stored: unknown) => {
      const known = heldKeySchema.safeParse(stored)
      if (!known.success && count + added >= maxKnownKeys) return stored
      if (!known.success) added += 1
      const merged = known.success ? mergeKeys(known.data, held) : held
      if (known.success && merged === known.data) return stored
      changed.set(keyId, merged)
      return merged
    }
    await this.bee.update([
      ...[...heard].map(([keyId, held]) => [prefix + keyId, merge(keyId, held)] as const),
      [countOf(poolId, accountId), (stored) => (added === 0 ? stored : { keys: count + added })],
      ...cursor,
    ])
    for (const [keyId, held] of changed) this.#keepWarm(prefix + keyId, held)
    return changed
  }

  #keepWarm(key: string, held: HeldKey): void {
    this.#warm.set(key, held)
    if (this.#warm.size <= maxWarmKeys) return
    const [oldest] = this.#warm.keys()
    if (oldest !== undefined) this.#warm.delete(oldest)
  }
}

/** The key records among the changes of one device's bee, each key once. */
function keysIn(changes: readonly BeeChange[], deviceId: DeviceId): Map<KeyId, HeldKey> {
  const heard = new Map<KeyId, HeldKey>()
  for (const change of changes) {
    const [keyId, held] = heldKeyOf(change, deviceId) ?? []
    if (!keyId || !held) continue
    const before = heard.get(keyId)
    heard.set(keyId, before ? mergeKeys(before, held) : held)
  }
  return heard
}
