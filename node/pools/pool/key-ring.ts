import type { PoolId } from '../../contract/ids.ts'
import type { Bee } from '../../state/bee.ts'
import { localKeys, readKeysSchema, type ReadKeys } from './records.ts'

/** An epoch as it is written in record keys, padded so that keys sort by epoch. */
export function epochName(epoch: number): string {
  return String(epoch).padStart(8, '0')
}

/**
 * The number of a new epoch of read keys.
 *
 * At least the time in seconds, as with pool headers: a pool created again from a recovery phrase does not
 * know its last epoch, and must not reuse one, as the cores are derived from it.
 */
export function nextEpoch(current: number, nowMs: number): number {
  return Math.max(current + 1, Math.floor(nowMs / 1_000))
}

/** The read keys of a pool, one set per epoch. They are never removed, so that old records stay readable. */
export class KeyRing {
  readonly #keys = new Map<number, ReadKeys>()

  constructor(
    private readonly local: Bee,
    private readonly poolId: PoolId,
  ) {}

  async open(): Promise<void> {
    const stored = await this.local.list(localKeys.readKeys(this.poolId), readKeysSchema)
    for (const { value } of stored) this.#keys.set(value.epoch, value)
  }

  /** The keys of the latest epoch; null before there are any. */
  get newest(): ReadKeys | null {
    const latest = Math.max(...this.#keys.keys())
    return this.of(latest)
  }

  of(epoch: number): ReadKeys | null {
    return this.#keys.get(epoch) ?? null
  }

  /** The keys of every epoch, the latest last. */
  get all(): ReadKeys[] {
    return [...this.#keys.values()].sort((left, right) => left.epoch - right.epoch)
  }

  /** The keys of earlier epochs, the latest first. */
  before(epoch: number): ReadKeys[] {
    const earlier = [...this.#keys.values()].filter((keys) => keys.epoch < epoch)
    return earlier.sort((left, right) => right.epoch - left.epoch)
  }

  async add(keys: ReadKeys): Promise<void> {
    await this.local.put(localKeys.readKeys(this.poolId) + epochName(keys.epoch), keys)
    this.#keys.set(keys.epoch, keys)
  }
}
