import type { AccountStanding } from '../access/standing.ts'
import type { KithError } from '../contract/errors.ts'
import type { AccountId, DeviceId, PoolId } from '../contract/ids.ts'
import type { DeviceBees } from '../pools/pool/device-bees.ts'
import type { DeviceRecord } from '../pools/pool/records.ts'

/** What the key book needs of a pool's directory. */
export interface KeyDirectory {
  readonly pool: { readonly name: string }
  readonly members: ReadonlyMap<AccountId, unknown>
  readonly devices: ReadonlyMap<DeviceId, Pick<DeviceRecord, 'deviceId' | 'accountId' | 'statement'>>
}

/** What the key book needs of a pool. */
export interface KeyPool {
  readonly poolId: PoolId
  readonly bees: DeviceBees
  /** Null before the directory has arrived. */
  readonly directory: KeyDirectory | null
  /** Why nothing of the pool works any more; null while it stands. */
  readonly ending: KithError | null
  standing(accountId: AccountId): AccountStanding | null
}

/** The pools of the session. */
export interface KeyPools {
  all(): Iterable<KeyPool>
  onChange(listener: () => void): () => void
}
