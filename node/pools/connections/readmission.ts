import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import type { Pool } from '../pool/pool.ts'

/**
 * Notices which accounts are let back in.
 *
 * Whoever was suspended tries to connect more and more rarely, at last every ten minutes. So those who lift the
 * judgement dial.
 */
export class Readmission {
  readonly #shutOut = new Map<PoolId, ReadonlySet<AccountId>>()

  /** Devices of accounts that were suspended when the pool was looked at before, and are not any more. */
  devicesLetIn(pool: Pool): DeviceId[] {
    const before = this.#shutOut.get(pool.poolId)
    const members = [...(pool.directory?.members.keys() ?? [])]
    const now = new Set(members.filter((accountId) => pool.standing(accountId)?.state === 'suspended'))
    this.#shutOut.set(pool.poolId, now)
    if (!before || before.size === 0) return []
    const isLetIn = (accountId: AccountId): boolean =>
      before.has(accountId) && pool.standing(accountId)?.state === 'active'
    const devices = [...(pool.directory?.devices.values() ?? [])]
    return devices.filter(({ accountId }) => isLetIn(accountId)).map(({ deviceId }) => deviceId)
  }

  forget(poolId: PoolId): void {
    this.#shutOut.delete(poolId)
  }
}
