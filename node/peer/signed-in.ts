import { statfs } from 'node:fs/promises'
import type { KeptAccounts } from '../accounts/kept-accounts.ts'
import { isListed } from '../accounts/own-devices.ts'
import type { SessionTokens } from '../accounts/session-tokens.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import type { Log } from '../base/log.ts'
import { Serial } from '../base/serial.ts'
import type { LocalApiOptions } from '../http/local-api-options.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { SliceName } from '../contract/state.ts'
import { storageFailure } from '../state/storage-error.ts'
import type { SignedIn } from './calls/context.ts'
import type { Events } from './events.ts'
import type { RoleName } from '../session/session-options.ts'
import type { PeerWorker } from './peer-worker.ts'
import { BackgroundSharing } from './background-sharing.ts'
import { Session } from '../session/session.ts'

/** Room that must be free before stores are opened again after the disk was full. */
const roomBytes = 16 * 1024 * 1024

export interface SessionKeeperOptions {
  readonly profileDir: string
  readonly roles: readonly RoleName[]
  readonly worker: PeerWorker
  readonly events: Events
  readonly kept: KeptAccounts
  readonly tokens: SessionTokens
  readonly log: Log
  readonly invalidate: (...slices: SliceName[]) => void
  readonly invalidateAll: () => void
  /** Calls that programs may make over HTTP. */
  readonly call: LocalApiOptions['call']
}

/**
 * Who is signed in, and the one session that runs: theirs, or while nobody is signed in the service
 * session of whoever keeps sharing. Its steps never overlap.
 */
export class SignedInAccounts {
  /** Links of invites made on this install, by invite. */
  readonly inviteLinks = new Map<string, string>()
  readonly service: BackgroundSharing
  readonly #serial = new Serial()
  #current: SignedIn | null = null
  /** RocksDB takes no more writes after a full disk until it is opened again, even when there is room. */
  #isDiskFull = false

  constructor(private readonly options: SessionKeeperOptions) {
    this.service = new BackgroundSharing({
      kept: options.kept,
      canServe: options.roles.includes('processor'),
      log: options.log,
      open: (vault) => this.#tryOpen(vault, true),
    })
  }

  get current(): SignedIn | null {
    return this.#current
  }

  /** What runs now: of whoever is signed in, or of the service. */
  get running(): SignedIn | null {
    return this.#current ?? this.service.current
  }

  signIn(vault: Vault): Promise<Result<Session>> {
    return this.#serial.run(async () => {
      if (this.#current) return fail('already_signed_in')
      await this.service.close()
      const session = await this.#open(vault)
      if (!session.ok) {
        await vault.lock()
        await this.service.open()
        return session
      }
      await this.#addServers(session.value)
      await this.service.follow(vault)
      if (vault.isCopied) this.options.events.emit('notice', { error: fail('profile_copied').error })
      this.options.invalidateAll()
      return session
    })
  }

  /** Goes on sharing where somebody has chosen so: after a log out, and when the peer has started. */
  signOut(): Promise<void> {
    return this.#serial.run(async () => {
      await this.#signOut()
      await this.service.open()
      this.options.invalidateAll()
    })
  }

  /** Ends whatever runs, for good. */
  close(): Promise<void> {
    return this.#serial.run(async () => {
      await this.#signOut()
      await this.service.close()
    })
  }

  async #signOut(): Promise<void> {
    const signedOut = this.#current
    if (!signedOut) return
    this.#current = null
    this.options.tokens.endAll()
    await this.#removeServers(signedOut.session)
    await signedOut.session.close()
    await this.service.unfollow(signedOut.vault)
    await signedOut.vault.lock()
    this.inviteLinks.clear()
    this.options.invalidateAll()
  }

  async #addServers(session: Session): Promise<void> {
    for (const url of session.settings.settings.serverUrls) {
      const added = await this.options.worker.hub.addServer(url)
      if (!added.ok) this.options.events.emit('notice', { error: added.error })
    }
  }

  async #removeServers(session: Session): Promise<void> {
    for (const url of session.settings.settings.serverUrls) await this.options.worker.hub.removeServer(url)
  }

  /** Closes what runs and opens it again, with a step in between while nothing runs. */
  reopen(between?: () => Promise<void>): Promise<Result<void>> {
    return this.#serial.run(async () => {
      const vault = await this.#close()
      await this.service.close()
      this.#isDiskFull = false
      await between?.()
      const opened = vault ? await this.#open(vault) : ok()
      if (!vault) await this.service.open()
      this.options.invalidateAll()
      return opened.ok ? ok() : opened
    })
  }

  /** Something could not be written: says so once, and remembers a full disk. */
  unsaved(cause: unknown): void {
    const failure = storageFailure(cause)
    this.options.log.error({ cause }, 'an answer could not be written down')
    if (failure.ok) return
    if (failure.error.code === 'disk_full') this.diskIsFull()
    this.options.events.emit('notice', { error: failure.error })
  }

  diskIsFull(): void {
    this.#isDiskFull = true
  }

  /** After a full disk, opens the stores again once there is room. */
  async recover(): Promise<void> {
    if (!this.#isDiskFull) return
    const { bavail, bsize } = await statfs(this.options.profileDir)
    if (bavail * bsize >= roomBytes) await this.reopen()
  }

  async #close(): Promise<Vault | null> {
    const closed = this.#current
    this.#current = null
    await closed?.session.close()
    return closed?.vault ?? null
  }

  /** Opens the stores of an account. Where they were copied or restored, once more with a new device key. */
  async #open(vault: Vault): Promise<Result<Session>> {
    const opened = await this.#tryOpen(vault, false)
    const isInDoubt = opened.ok ? opened.value.pools.isInDoubt : opened.error.code === 'profile_copied'
    if (!isInDoubt) return opened
    await this.#close()
    const replaced = await this.#newDevice(vault)
    return replaced.ok ? this.#tryOpen(vault, false) : replaced
  }

  /** Without the root key the new device is in no list: it has to be linked again. */
  async #newDevice(vault: Vault): Promise<Result<void>> {
    const replaced = await vault.replaceDevice(vault.contents.installMarker, Date.now())
    return replaced.ok && !isListed(vault.contents) ? fail('device_unlinked') : replaced
  }

  async #tryOpen(vault: Vault, isService: boolean): Promise<Result<Session>> {
    const { worker, roles, log, events, invalidate, tokens } = this.options
    const session = await Session.open({
      vault,
      hub: worker.hub,
      dht: worker.dht,
      roles: isService ? ['processor'] : roles,
      log,
      onChange: () => invalidate('account', 'pools', 'machines', 'sharing', 'network', 'chats'),
      onKeys: () => invalidate('keys'),
      onUsage: () => invalidate('usage', 'keys'),
      onApi: () => invalidate('api'),
      call: this.options.call,
      onChatEvent: (event) => events.emit('chat', event),
      onUnsaved: (cause) => this.unsaved(cause),
      onDoubt: () => (isService ? this.#stopService(vault) : this.#replaceDevice(vault)),
      onUnlinked: () => this.#unlinked(vault),
      onAccount: () => invalidate('account'),
      checkToken: (token) => tokens.verify(token),
    })
    if (!session.ok) return session
    await session.value.start()
    if (isService) {
      await this.#addServers(session.value)
      return session
    }
    this.inviteLinks.clear()
    for (const [inviteId, link] of await session.value.inviteLinks()) this.inviteLinks.set(inviteId, link)
    this.#current = { vault, session: session.value }
    return session
  }

  /** A core of ours grew without us: never append to it again. */
  #replaceDevice(vault: Vault): void {
    this.#later('replacing the device key', async () => {
      if (this.#current?.vault !== vault || vault.isCopied) return
      await this.#close()
      const replaced = await this.#newDevice(vault)
      if (replaced.ok) await this.#tryOpen(vault, false)
      else await vault.lock()
      this.options.events.emit('notice', { error: replaced.ok ? fail('profile_copied').error : replaced.error })
    })
  }

  /** Only somebody who signs in can give this install a new device key; until then it does not serve. */
  #stopService(vault: Vault): void {
    this.#later('stopping the service', async () => {
      if (this.service.current?.vault === vault) await this.service.close()
    })
  }

  /** The account has unlinked this device: nothing of it works here any more, with or without a password. */
  #unlinked(vault: Vault): void {
    this.#later('signing out an unlinked device', async () => {
      if (this.running?.vault !== vault) return
      await this.service.forget()
      const forgotten = await this.options.kept.forget(vault)
      if (!forgotten.ok) this.options.log.warn({ code: forgotten.error.code }, 'kept keys could not be deleted')
      await this.#signOut()
      this.options.events.emit('notice', { error: fail('device_unlinked').error })
    })
  }

  #later(what: string, step: () => Promise<void>): void {
    const failed = (cause: unknown): void => this.options.log.error({ cause }, `${what} failed`)
    this.#serial
      .run(async () => {
        await step()
        this.options.invalidateAll()
      })
      .catch(failed)
  }
}
