import { labelKeyOf } from '../accounts/vault/label-key.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import type { PoolId } from '../contract/ids.ts'
import type { ApiKey, KeyChoice } from '../contract/keys.ts'
import type { Result } from '../contract/result.ts'
import { KeyActions } from '../keys/key-actions.ts'
import { KeyBook, type KeyBookOptions } from '../keys/key-book.ts'
import type { KeyUse } from '../keys/own-keys.ts'
import type { Pools } from '../pools/pools.ts'

/** The book that checks keys, of a device that has been others before. */
export function createKeyBook(
  vault: Vault,
  options: Pick<KeyBookOptions, 'pools' | 'index' | 'local' | 'isGatewayHere' | 'log'>,
): KeyBook {
  const { accountId, deviceId } = vault.identity
  const retired = vault.contents.previousDevices.map((previous) => previous.deviceId)
  return new KeyBook({
    ...options,
    accountId,
    deviceId,
    labelKey: labelKeyOf(vault.contents),
    retired,
    nowMs: Date.now,
  })
}

/** The API keys of the account, as a person sees and changes them. */
export class SessionKeys {
  readonly actions: KeyActions

  constructor(
    vault: Vault,
    private readonly pools: Pools,
    readonly book: KeyBook,
    private readonly use: KeyUse,
  ) {
    const { accountId, deviceId } = vault.identity
    this.actions = new KeyActions({
      accountId,
      deviceId,
      labelKey: labelKeyOf(vault.contents),
      pools,
      book,
      nowMs: Date.now,
    })
  }

  create(poolId: PoolId, choice: KeyChoice): Promise<Result<{ key: ApiKey; plainKey: string }>> {
    return this.actions.create(poolId, choice, this.use)
  }

  /** The keys of the account in its pools, as the window shows them. */
  views(): ApiKey[] {
    const pools = new Set([...this.pools.all()].map(({ poolId }) => poolId))
    return this.book.own.views(pools, this.use, Date.now())
  }
}
