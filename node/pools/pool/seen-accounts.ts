import type { AccountId, PoolId } from '../../contract/ids.ts'
import type { Bee } from '../../state/bee.ts'
import type { Directory } from './membership.ts'
import { localKeys, seenRecordSchema, type SeenRecord } from './records.ts'

/** Accounts that have shown an acceptance here, with when that was first by our own clock. */
export class SeenAccounts {
  readonly #seen = new Map<AccountId, SeenRecord>()

  constructor(
    private readonly local: Bee,
    private readonly poolId: PoolId,
  ) {}

  get all(): ReadonlyMap<AccountId, SeenRecord> {
    return this.#seen
  }

  async open(): Promise<void> {
    for (const { value } of await this.local.list(localKeys.seen(this.poolId), seenRecordSchema)) {
      this.#seen.set(value.accountId, value)
    }
  }

  get(accountId: AccountId): SeenRecord | null {
    return this.#seen.get(accountId) ?? null
  }

  async remember(seen: SeenRecord): Promise<void> {
    this.#seen.set(seen.accountId, seen)
    await this.local.put(localKeys.seen(this.poolId) + seen.accountId, seen)
  }

  /** How many accounts have shown an invite, here or to the manager. */
  shownCount(inviteId: string, directory: Directory | null): number {
    const here = [...this.#seen.values()].filter((one) => one.inviteId === inviteId).map(({ accountId }) => accountId)
    return new Set([...here, ...(directory?.invites.get(inviteId)?.spentBy ?? [])]).size
  }
}
