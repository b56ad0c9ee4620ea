import { isListed, whyUnlinked } from '../accounts/own-devices.ts'
import type { SessionTokens } from '../accounts/session-tokens.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { RoleName } from '../base/roles.ts'
import type { Session } from '../session/session.ts'
import type { BackgroundSharing } from './background-sharing.ts'
import type { SignedIn } from './calls/context.ts'
import type { SessionOpener } from './session-opener.ts'
import type { SliceChanges } from './state/slice-changes.ts'

export interface AccountSessionOptions {
  readonly roles: readonly RoleName[]
  readonly opener: SessionOpener
  readonly background: BackgroundSharing
  readonly tokens: SessionTokens
  readonly changes: SliceChanges
}

/**
 * The session of whoever is signed in, and the device key it runs with.
 *
 * Its steps must not overlap: see SignedInAccount.
 */
export class AccountSession {
  /** Links of invites made on this install, by invite. */
  readonly inviteLinks = new Map<string, string>()
  #current: SignedIn | null = null

  constructor(private readonly options: AccountSessionOptions) {}

  get current(): SignedIn | null {
    return this.#current
  }

  /** Whoever is signed in, or `not_signed_in`. */
  readonly required = (): Result<SignedIn> => (this.#current ? ok(this.#current) : fail('not_signed_in'))

  /** Opens the stores of an account. Where they were copied or restored, once more with a new device key. */
  async open(vault: Vault): Promise<Result<Session>> {
    const opened = await this.#open(vault)
    const isInDoubt = opened.ok ? opened.value.pools.isInDoubt : opened.error.code === 'profile_copied'
    return isInDoubt ? this.openAsNewDevice(vault) : opened
  }

  /** Never appends to the old cores again. Without the root key the new device has to be linked again. */
  async openAsNewDevice(vault: Vault): Promise<Result<Session>> {
    await this.close()
    const replaced = await vault.replaceDevice(vault.contents.installMarker, Date.now())
    if (!replaced.ok) return replaced
    return isListed(vault.contents) ? this.#open(vault) : { ok: false, error: whyUnlinked(vault.contents) }
  }

  /** Ends the session and returns its vault, which stays open. */
  async close(): Promise<Vault | null> {
    const closed = this.#take()
    await closed?.session.close()
    return closed?.vault ?? null
  }

  /** Ends the session for good and locks the vault. */
  async signOut(): Promise<void> {
    const signedOut = this.#take()
    if (!signedOut) return
    const { vault, session } = signedOut
    const { opener, background, tokens, changes } = this.options
    tokens.endAll()
    await opener.removeServers(session)
    await session.close()
    await background.unfollow(vault)
    await vault.lock()
    this.inviteLinks.clear()
    changes.invalidateAll()
  }

  /** From here on nobody is signed in, however long it takes to close what ran. */
  #take(): SignedIn | null {
    const taken = this.#current
    this.#current = null
    return taken
  }

  async #open(vault: Vault): Promise<Result<Session>> {
    const session = await this.options.opener.open(vault, this.options.roles)
    if (!session.ok) return session
    this.inviteLinks.clear()
    for (const [inviteId, link] of await session.value.inviteLinks()) this.inviteLinks.set(inviteId, link)
    this.#current = { vault, session: session.value }
    return session
  }
}
