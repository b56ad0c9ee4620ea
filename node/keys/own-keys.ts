import { keyStateAt } from '../access/keys.ts'
import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import type { ApiKey } from '../contract/keys.ts'
import type { LimitState } from '../contract/limits.ts'
import { openLabel } from './key-label.ts'
import type { KeyPrincipal } from './key-principal.ts'
import { mergeKeys, type HeldKey, type KeyRecord } from './key-record.ts'
import { maskedKey, type KeyNames } from './key-text.ts'

/** The most keys the window shows; revoked ones are dropped first. */
const maxShown = 2_000

/** What limits and receipts know of a key. */
export interface KeyUse {
  limitStates(key: KeyPrincipal): readonly LimitState[]
  lastUsedAtMs(keyId: KeyId): number | null
}

export interface OwnKey {
  readonly keyId: KeyId
  readonly poolId: PoolId
  readonly held: HeldKey
  readonly record: KeyRecord
  readonly name: string
  readonly tail: string
}

/** The keys of the signed-in account in all pools, with their labels opened. */
export class OwnKeys {
  readonly #keys = new Map<KeyId, OwnKey>()

  constructor(
    private readonly self: {
      readonly accountId: AccountId
      readonly deviceId: DeviceId
      readonly labelKey: Uint8Array
    },
  ) {}

  /** Keeps the newer of the known record and the one read. */
  set(poolId: PoolId, keyId: KeyId, read: HeldKey): void {
    const known = this.#keys.get(keyId)
    const held = known ? mergeKeys(known.held, read) : read
    const { record } = held
    const label = openLabel(this.self.labelKey, keyId, record.label)
    this.#keys.set(keyId, { keyId, poolId, held, record, name: label?.name ?? '', tail: label?.tail ?? '' })
  }

  get(keyId: KeyId): OwnKey | undefined {
    return this.#keys.get(keyId)
  }

  of(poolId: PoolId): OwnKey[] {
    return [...this.#keys.values()].filter((key) => key.poolId === poolId)
  }

  /** How many keys there are in a pool, and how many of them are not revoked. */
  count(poolId: PoolId): { all: number; standing: number } {
    const all = this.of(poolId)
    return { all: all.length, standing: all.filter(({ record }) => record.state !== 'revoked').length }
  }

  /** Newest first, revoked ones last. */
  views(pools: ReadonlySet<PoolId>, use: KeyUse, nowMs: number): ApiKey[] {
    return [...this.#keys.values()]
      .filter(({ poolId }) => pools.has(poolId))
      .sort(
        (left, right) =>
          Number(left.record.state === 'revoked') - Number(right.record.state === 'revoked') ||
          right.record.createdAtMs - left.record.createdAtMs,
      )
      .slice(0, maxShown)
      .map((key) => this.view(key, use, nowMs))
  }

  view({ keyId, poolId, record, name, tail }: OwnKey, use: KeyUse, nowMs: number): ApiKey {
    const { accountId, deviceId } = this.self
    const { previous } = record
    const principal = principalOf({ poolId, accountId, keyId }, record)
    return {
      keyId,
      poolId,
      name,
      masked: maskedKey({ poolId, accountId, keyId }, tail),
      scopes: record.scopes,
      allowedModels: record.allowedModels,
      limits: record.limits,
      limitMode: record.limitMode,
      timeZone: record.timeZone,
      expiresAtMs: record.expiresAtMs,
      state: keyStateAt(record, nowMs),
      createdAtMs: record.createdAtMs,
      lastUsedAtMs: use.lastUsedAtMs(keyId),
      overlapUntilMs: previous && previous.untilMs > nowMs ? previous.untilMs : null,
      homeDeviceId: record.homeDeviceId,
      isHomeHere: record.homeDeviceId === deviceId,
      limitStates: [...use.limitStates(principal)],
    }
  }
}

export function principalOf(names: KeyNames, record: KeyRecord): KeyPrincipal {
  const { scopes, allowedModels, limits, limitMode, timeZone, homeDeviceId, movedFrom } = record
  return { ...names, scopes, allowedModels, limits, limitMode, timeZone, homeDeviceId, movedFrom }
}
