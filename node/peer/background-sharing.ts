import type { KeptAccounts } from '../accounts/kept-accounts.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import type { Log } from '../base/log.ts'
import { Serial } from '../base/serial.ts'
import { fail, type Result } from '../contract/result.ts'
import type { SignedIn } from './calls/context.ts'
import type { Session } from '../session/session.ts'
import type { SessionOpener } from './session-opener.ts'

export interface BackgroundSharingOptions {
  readonly kept: KeptAccounts
  /** Whether this install has the role of a processor: a service does nothing else. */
  readonly canServe: boolean
  readonly log: Log
  readonly opener: SessionOpener
}

/** What goes on sharing while nobody is signed in, and the service vault it opens with. */
export class BackgroundSharing {
  #current: SignedIn | null = null
  /** Whether the account that is signed in has chosen so. */
  #isKept = false
  readonly #writes = new Serial()
  #unfollow: (() => void) | null = null

  constructor(private readonly options: BackgroundSharingOptions) {}

  get current(): SignedIn | null {
    return this.#current
  }

  get isKept(): boolean {
    return this.#isKept
  }

  /** Serves for the account whose service vault was written last, if there is one. */
  async open(): Promise<void> {
    if (this.#current || !this.options.canServe) return
    const opened = await this.options.kept.openService()
    if (!opened.ok) {
      this.options.log.warn({ code: opened.error.code }, 'the service vault could not be read')
      return
    }
    const vault = opened.value
    if (!vault) return
    const session = await this.#tryOpen(vault)
    if (session.ok && !session.value.pools.isInDoubt) {
      this.#current = { vault, session: session.value }
      return
    }
    this.options.log.warn({ code: session.ok ? 'profile_copied' : session.error.code }, 'sharing does not go on')
    if (session.ok) await session.value.close()
    await vault.lock()
  }

  /** Signing in must stay possible even where a service cannot start. */
  async #tryOpen(vault: Vault): Promise<Result<Session>> {
    try {
      const { opener } = this.options
      const session = await opener.open(vault, ['processor'])
      if (session.ok) await opener.addServers(session.value)
      return session
    } catch (cause) {
      this.options.log.error({ cause }, 'the service could not be started')
      return fail('start_failed', { part: 'the service', reason: 'see the log' })
    }
  }

  async close(): Promise<void> {
    const closed = this.#current
    this.#current = null
    await closed?.session.close()
    await closed?.vault.lock()
  }

  /** Somebody signed in: the service vault follows what changes in theirs. */
  async follow(vault: Vault): Promise<void> {
    this.#isKept = await this.options.kept.keepsSharing(vault)
    this.#unfollow = vault.onChange(() => {
      if (!this.#isKept) return
      const failed = (cause: unknown): void => this.options.log.error({ cause }, 'the service vault is behind')
      this.#write(vault, true).catch(failed)
    })
  }

  /** They log out: written once more, as the newest, before the vault is locked. */
  async unfollow(vault: Vault): Promise<void> {
    this.#unfollow?.()
    this.#unfollow = null
    const written = this.#isKept ? await this.#write(vault, true) : null
    if (written && !written.ok) this.options.log.warn({ code: written.error.code }, 'the service vault is behind')
    await this.#writes.idle()
    this.#isKept = false
  }

  async set(vault: Vault, isEnabled: boolean): Promise<Result<void>> {
    const written = await this.#write(vault, isEnabled)
    if (written.ok) this.#isKept = isEnabled
    return written
  }

  /** The device was unlinked: nothing is written again, and nothing serves. */
  async forget(): Promise<void> {
    this.#isKept = false
    await this.#writes.idle()
    await this.close()
  }

  #write(vault: Vault, isEnabled: boolean): Promise<Result<void>> {
    return this.#writes.run(() => this.options.kept.setKeepSharing(vault, isEnabled))
  }
}
