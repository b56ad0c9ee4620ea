import { LinkingHost } from '../linking/linking-host.ts'
import { AccountNotes } from '../pools/account-notes.ts'
import { PoolActions } from '../pools/pool-actions.ts'
import type { SessionNetwork } from './network.ts'
import type { SessionOptions } from './session-options.ts'
import type { SessionStores } from './stores.ts'

/** What a person does with pools and devices, and what the devices of the account tell each other. */
export interface SessionAccount {
  readonly poolActions: PoolActions
  readonly linkingHost: LinkingHost
  readonly notes: AccountNotes
}

export function createAccount(
  { vault, dht, log, onAccount }: Pick<SessionOptions, 'vault' | 'dht' | 'log' | 'onAccount'>,
  { local }: SessionStores,
  { pools }: SessionNetwork,
): SessionAccount {
  const nowMs = Date.now
  return {
    poolActions: new PoolActions(pools, { vault, local, nowMs, log }),
    linkingHost: new LinkingHost({
      vault,
      dht,
      log,
      nowMs,
      onChange: onAccount,
      onLinked: () => pools.showDeviceList(),
    }),
    notes: new AccountNotes({ vault, pools, log, nowMs }),
  }
}
