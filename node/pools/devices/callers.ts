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

/** Says of a device that has proved its key whose it is, and how that account stands in our pools. */
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

  /** Whose a device is: it has shown us, or it has shown the manager of a pool, who wrote it down. */
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
      isOpenWithoutDirectory: !pool.directory && this.options.isOpen(deviceId, pool.poolId),
    })
  }

  /** Days without a word of the manager, where they are more than the pool allows. The own account is known anyway. */
  #staleDays({ directory, author }: Pool, accountId: AccountId): number | null {
    if (!directory || author || accountId === this.options.vault.accountId) return null
    const days = silentDays(directory, this.options.nowMs())
    return days > directory.pool.staleAfterDays ? days : null
  }
}
