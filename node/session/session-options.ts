import type { SessionPrincipal } from '../accounts/session-tokens.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import type { ApiGuests } from '../contract/api-guests.ts'
import type { KithError } from '../contract/errors.ts'
import type { ChatEvent } from '../contract/contract.ts'
import type { EngineHub } from '../engines/engine-hub.ts'
import type { LocalApiOptions } from '../http/local-api-options.ts'
import type { DhtNode } from '../net/dht-node.ts'
import type { Log } from '../base/log.ts'
import type { Result } from '../contract/result.ts'
import type { RoleName } from '../base/roles.ts'

export interface SessionOptions {
  readonly vault: Vault
  readonly hub: EngineHub
  readonly dht: DhtNode
  readonly roles: readonly RoleName[]
  readonly log: Log
  /** Pools, machines, sharing, settings or chats have changed. */
  readonly onChange: () => void
  /** Whom this computer serves has changed. */
  readonly onServing: () => void
  /** API keys of the account have changed. */
  readonly onKeys: () => void
  /** Receipts have come in. */
  readonly onUsage: () => void
  /** The address for programs has changed. */
  readonly onApi: () => void
  /** Names and pages that may reach the local API on this install, whatever the settings of the account list. */
  readonly apiGuests: ApiGuests
  /** Calls that programs may make over HTTP. */
  readonly call: LocalApiOptions['call']
  readonly onChatEvent: (event: ChatEvent) => void
  /** Something the person at this computer should read. */
  readonly onNotice: (error: KithError) => void
  /** Something could not be written to disk. */
  readonly onUnsaved: (cause: unknown) => void
  /** This install went back in time or has a twin: it needs a new device key. */
  readonly onDoubt: () => void
  /** Another device of the account has unlinked this one. */
  readonly onUnlinked: () => void
  /** The code for linking a device has changed. */
  readonly onAccount: () => void
  /** Reads a session's token. */
  readonly checkToken: (token: string) => Promise<Result<SessionPrincipal>>
}
