import type { Vault } from '../../accounts/vault/vault.ts'
import { deviceStanding } from '../../access/pool-standing.ts'
import type { Caller, Standing } from '../../access/standing.ts'
import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import type { DeviceLists } from './device-lists.ts'
import { silentDays } from '../pool/membership.ts'
import type { Pool } from '../pool/pool.ts'

export interface CallersOptions {
  readonly vault: Vault
  readonly lists: DeviceLists
  readonly pools: () => Iterable<Pool>
  /** Whether a pool is open on a connection with this device now. */
  readonly isOpen: (deviceId: DeviceId, poolId: PoolId) => boolean
  readonly nowMs: () => number
}

/** Resolves a proved device key to its account and that account's standings in our pools. */
export class Callers {
  constructor(private readonly options: CallersOptions) {}

  /** Null for strangers and unlinked devices. */
  whoIs(deviceId: DeviceId): Caller | null {
    const { vault, pools } = this.options
    const own = vault.contents.devices.some((device) => device.device === deviceId)
    const accountId = own ? vault.accountId : this.accountOf(deviceId)
    if (!accountId) return null
    const standings = [...pools()].flatMap((pool) => this.#standing(pool, deviceId, accountId) ?? [])
    return standings.length > 0 ? { deviceId, accountId, isOwnAccount: own, standings } : null
  }

  /** The account of a device, from the list it showed us or from a directory; null if unknown or unlinked. */
  accountOf(deviceId: DeviceId): AccountId | null {
    const { lists, pools } = this.options
    const shown = lists.accountOf(deviceId)
    if (shown) return shown
    for (const { directory } of pools()) {
      const accountId = directory?.devices.get(deviceId)?.accountId
      if (accountId && lists.isListed(accountId, deviceId)) return accountId
    }
    return null
  }

  #standing(pool: Pool, deviceId: DeviceId, accountId: AccountId): Standing | null {
    return deviceStanding({
      poolId: pool.poolId,
      poolName: pool.name,
      account: pool.standing(accountId),
      staleDays: this.#staleDays(pool, accountId),
      isOpenWithoutDirectory: !pool.directory && !pool.ending && this.options.isOpen(deviceId, pool.poolId),
    })
  }

  /** Days since the manager's last beat if more than the pool allows, else null; always null for our own account. */
  #staleDays({ directory, author }: Pool, accountId: AccountId): number | null {
    if (!directory || author || accountId === this.options.vault.accountId) return null
    const days = silentDays(directory, this.options.nowMs())
    return days > directory.pool.staleAfterDays ? days : null
  }
}
