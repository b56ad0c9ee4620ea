import { labelKeyOf } from '../accounts/vault/label-key.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import type { Facility } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import type { PoolId } from '../contract/ids.ts'
import type { ApiKey, KeyChoice } from '../contract/keys.ts'
import type { Result } from '../contract/result.ts'
import { KeyActions } from '../keys/key-actions.ts'
import { KeyBook } from '../keys/key-book.ts'
import type { KeyUse } from '../keys/own-keys.ts'
import type { Pools } from '../pools/pools.ts'
import type { Bee } from '../state/bee.ts'
import type { IndexStore } from '../state/index-store.ts'

export interface SessionKeysOptions {
  readonly vault: Vault
  readonly pools: Pools
  readonly index: IndexStore
  readonly local: Bee
  readonly isGatewayHere: (poolId: PoolId) => boolean
  readonly use: KeyUse
  readonly log: Log
  /** Keys of the account have changed. */
  readonly onChange: () => void
}

/** The API keys of a session: the book that checks them and what a person does with their own. */
export class SessionKeys {
  readonly book: KeyBook
  readonly actions: KeyActions

  constructor(private readonly options: SessionKeysOptions) {
    const { vault, pools, index, local, isGatewayHere, log } = options
    const { accountId, deviceId } = vault.identity
    const retired = vault.contents.previousDevices.map((previous) => previous.deviceId)
    const self = { accountId, deviceId, labelKey: labelKeyOf(vault.contents), pools, nowMs: Date.now }
    this.book = new KeyBook({ ...self, retired, index: index.bee, local, isGatewayHere, log })
    this.actions = new KeyActions({ ...self, book: this.book })
    this.book.onChange(options.onChange)
  }

  get facilities(): readonly Facility[] {
    return [this.book]
  }

  create(poolId: PoolId, choice: KeyChoice): Promise<Result<{ key: ApiKey; plainKey: string }>> {
    return this.actions.create(poolId, choice, this.options.use)
  }

  /** The keys of the account in its pools, as the window shows them. */
  views(): ApiKey[] {
    const pools = new Set([...this.options.pools.all()].map(({ poolId }) => poolId))
    return this.book.own.views(pools, this.options.use, Date.now())
  }

  /** Call after the book has stopped. */
  close(): Promise<void> {
    return this.options.index.close()
  }
}
