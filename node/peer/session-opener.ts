import type { SessionTokens } from '../accounts/session-tokens.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { Listeners } from '../base/listeners.ts'
import type { Log } from '../base/log.ts'
import type { ApiGuests } from '../contract/api-guests.ts'
import type { Result } from '../contract/result.ts'
import type { LocalApiOptions } from '../http/local-api-options.ts'
import type { RoleName } from '../base/roles.ts'
import { Session } from '../session/session.ts'
import type { Events } from './events.ts'
import type { FullDisk } from './full-disk.ts'
import type { PeerWorker } from './peer-worker.ts'
import type { SliceChanges } from './state/slice-changes.ts'

export interface SessionOpenerOptions {
  readonly worker: PeerWorker
  readonly tokens: SessionTokens
  readonly events: Events
  readonly changes: SliceChanges
  readonly disk: FullDisk
  readonly log: Log
  readonly apiGuests: ApiGuests
  /** Calls that programs may make over HTTP. */
  readonly call: LocalApiOptions['call']
}

/** Opens and starts the session of an account, and passes on what happens in it. */
export class SessionOpener {
  /** A store of this account was copied or restored: the install needs a new device key. */
  readonly doubted = new Listeners<Vault>()
  /** The account has unlinked this device. */
  readonly unlinked = new Listeners<Vault>()

  constructor(private readonly options: SessionOpenerOptions) {}

  async open(vault: Vault, roles: readonly RoleName[]): Promise<Result<Session>> {
    const { worker, tokens, events, changes, disk, log, apiGuests, call } = this.options
    const session = await Session.open({
      vault,
      hub: worker.hub,
      dht: worker.dht,
      roles,
      log,
      onChange: () => changes.invalidate('account', 'pools', 'machines', 'sharing', 'network', 'chats'),
      onServing: () => changes.invalidate('sharing'),
      onKeys: () => changes.invalidate('keys'),
      onUsage: () => changes.invalidate('usage', 'keys'),
      onApi: () => changes.invalidate('api'),
      onAccount: () => changes.invalidate('account', 'settings', 'machines'),
      onChatEvent: (event) => events.emit('chat', event),
      onNotice: (error) => events.emit('notice', { error }),
      onUnsaved: (cause) => disk.unsaved(cause),
      onDoubt: () => this.doubted.emit(vault),
      onUnlinked: () => this.unlinked.emit(vault),
      apiGuests,
      call,
      checkToken: (token) => tokens.verify(token),
    })
    if (!session.ok) return session
    try {
      await session.value.start()
    } catch (cause) {
      // Stores that stayed open would keep the next sign-in out.
      await session.value.close()
      throw cause
    }
    return session
  }

  /** The servers that an account has chosen are engines of this install while it is signed in or serves. */
  async addServers(session: Session): Promise<void> {
    this.options.worker.hub.setSlots(session.settings.settings.engineSlots ?? {})
    for (const url of session.settings.settings.serverUrls) {
      const added = await this.options.worker.hub.addServer(url, await session.serverKeys.get(url))
      if (!added.ok) this.options.events.emit('notice', { error: added.error })
    }
  }

  async removeServers(session: Session): Promise<void> {
    this.options.worker.hub.setSlots({})
    for (const url of session.settings.settings.serverUrls) await this.options.worker.hub.removeServer(url)
  }
}
