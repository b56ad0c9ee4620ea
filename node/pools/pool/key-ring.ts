import type { PoolId } from '../../contract/ids.ts'
import type { Bee } from '../../state/bee.ts'
import { localKeys, readKeysSchema, type ReadKeys } from './records.ts'

/** Epochs as they stand in keys of records: in order of time. */
export function epochName(epoch: number): string {
  return String(epoch).padStart(8, '0')
}

/**
 * The number of a new epoch of read keys.
 *
 * Time is its floor, as with pool headers: a pool made again from a recovery phrase, which knows no
 * last epoch, still goes up and never comes upon cores of an epoch before.
 */
export function nextEpoch(current: number, nowMs: number): number {
  return Math.max(current + 1, Math.floor(nowMs / 1_000))
}

/** The read keys of a pool, one set an epoch. None is ever taken out: what could be read stays readable. */
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

  /** The keys of the latest epoch this install was given. */
  get newest(): ReadKeys | null {
    const latest = Math.max(...this.#keys.keys())
    return this.of(latest)
  }

  of(epoch: number): ReadKeys | null {
    return this.#keys.get(epoch) ?? null
  }

  /** Of every epoch, the latest last. */
  get all(): ReadKeys[] {
    return [...this.#keys.values()].sort((left, right) => left.epoch - right.epoch)
  }

  /** Epochs before one, the latest first. */
  before(epoch: number): ReadKeys[] {
    const earlier = [...this.#keys.values()].filter((keys) => keys.epoch < epoch)
    return earlier.sort((left, right) => right.epoch - left.epoch)
  }

  async add(keys: ReadKeys): Promise<void> {
    await this.local.put(localKeys.readKeys(this.poolId) + epochName(keys.epoch), keys)
    this.#keys.set(keys.epoch, keys)
  }
}
