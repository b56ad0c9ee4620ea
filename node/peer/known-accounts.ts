import type { AccountStore } from '../accounts/account-store.ts'
import type { AccountSummary } from '../contract/accounts.ts'
import type { Events } from './events.ts'
import type { SliceChanges } from './state/slice-changes.ts'

/** The accounts of this install, as they were last read. */
export class KnownAccounts {
  #all: readonly AccountSummary[] = []

  constructor(
    private readonly accounts: AccountStore,
    private readonly events: Events,
    private readonly changes: SliceChanges,
  ) {}

  get all(): readonly AccountSummary[] {
    return this.#all
  }

  async refresh(): Promise<void> {
    const accounts = await this.accounts.list()
    if (accounts.ok) this.#all = accounts.value
    else this.events.emit('notice', { error: accounts.error })
    this.changes.invalidate('account')
  }
}
