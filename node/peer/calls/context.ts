import type { AccountStore } from '../../accounts/account-store.ts'
import type { KeptAccounts } from '../../accounts/kept-accounts.ts'
import type { SessionTokens } from '../../accounts/session-tokens.ts'
import type { Vault } from '../../accounts/vault/vault.ts'
import type { Result } from '../../contract/result.ts'
import type { Log } from '../../base/log.ts'
import type { DhtNode } from '../../net/dht-node.ts'
import type { BackgroundSharing } from '../background-sharing.ts'
import type { EngineHub } from '../../engines/engine-hub.ts'
import type { Session } from '../../session/session.ts'
import type { SliceChanges } from '../state/slice-changes.ts'
import type { StatePublisher } from '../state/state-publisher.ts'

/** Who is signed in, with everything that runs for them. */
export interface SignedIn {
  readonly vault: Vault
  readonly session: Session
}

/** What the handlers of the contract's calls work with. */
export interface CallContext {
  readonly accounts: AccountStore
  readonly hub: EngineHub
  readonly dht: DhtNode
  readonly log: Log
  readonly kept: KeptAccounts
  readonly tokens: SessionTokens
  readonly background: BackgroundSharing
  readonly changes: SliceChanges
  /** Links of invites made on this install, by invite. */
  readonly inviteLinks: Map<string, string>
  /** The signed-in account, or `not_signed_in`. */
  readonly signedIn: () => Result<SignedIn>
  signIn(vault: Vault): Promise<Result<Session>>
  signOut(): Promise<void>
  readonly snapshot: StatePublisher['snapshot']
  /** Reads the accounts of this install again. */
  refreshAccounts(): Promise<void>
}
