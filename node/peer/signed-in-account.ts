import type { KeptAccounts } from '../accounts/kept-accounts.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { Serial } from '../base/serial.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { RoleName } from '../base/roles.ts'
import type { Session } from '../session/session.ts'
import { AccountSession } from './account-session.ts'
import { BackgroundSharing } from './background-sharing.ts'
import type { SignedIn } from './calls/context.ts'
import { followDeviceAlarms } from './device-alarms.ts'
import { SessionOpener, type SessionOpenerOptions } from './session-opener.ts'

export interface SignedInAccountOptions extends SessionOpenerOptions {
  readonly roles: readonly RoleName[]
  readonly kept: KeptAccounts
}

/**
 * Who is signed in, and the one session that runs: theirs, or while nobody is signed in that of whoever
 * keeps sharing. Its steps never overlap.
 */
export class SignedInAccount {
  readonly session: AccountSession
  readonly background: BackgroundSharing
  readonly #opener: SessionOpener
  readonly #serial = new Serial()

  constructor(private readonly options: SignedInAccountOptions) {
    const { kept, roles, tokens, events, changes, log } = options
    this.#opener = new SessionOpener(options)
    const opener = this.#opener
    this.background = new BackgroundSharing({ kept, opener, canServe: roles.includes('processor'), log })
    const { background } = this
    this.session = new AccountSession({ roles, opener, background, tokens, changes })
    followDeviceAlarms({ opener, session: this.session, background, serial: this.#serial, kept, events, changes, log })
  }

  /** What runs now: of whoever is signed in, or of whoever keeps sharing. */
  get running(): SignedIn | null {
    return this.session.current ?? this.background.current
  }

  signIn(vault: Vault): Promise<Result<Session>> {
    return this.#serial.run(async () => {
      if (this.session.current) return fail('already_signed_in')
      await this.background.close()
      const session = await this.session.open(vault)
      if (!session.ok) {
        await vault.lock()
        await this.background.open()
        return session
      }
      await this.#opener.addServers(session.value)
      await this.background.follow(vault)
      if (vault.isCopied) this.options.events.emit('notice', { error: fail('profile_copied').error })
      this.options.changes.invalidateAll()
      return session
    })
  }

  /** Goes on sharing where somebody has chosen so: after a log out, and when the peer has started. */
  signOut(): Promise<void> {
    return this.#serial.run(async () => {
      await this.session.signOut()
      await this.background.open()
      this.options.changes.invalidateAll()
    })
  }

  /** Ends whatever runs, for good. */
  close(): Promise<void> {
    return this.#serial.run(async () => {
      await this.session.signOut()
      await this.background.close()
    })
  }

  /** Closes what runs and opens it again, with a step in between while nothing runs. */
  reopen(between?: () => Promise<void>): Promise<Result<void>> {
    return this.#serial.run(async () => {
      const vault = await this.session.close()
      await this.background.close()
      this.options.disk.forget()
      await between?.()
      const opened = vault ? await this.session.open(vault) : ok()
      if (!vault) await this.background.open()
      this.options.changes.invalidateAll()
      return opened.ok ? ok() : opened
    })
  }
}
