import type { AccountStore } from '../accounts/account-store.ts'
import { usernameKey } from '../accounts/credentials.ts'
import type { SessionTokens } from '../accounts/session-tokens.ts'
import type { Caller } from '../contract/api.ts'
import { calls, type CallName } from '../contract/contract.ts'
import type { SessionId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { SignedIn } from './calls/context.ts'

const signIns: ReadonlySet<string> = new Set<CallName>([
  'account.signUp',
  'account.unlock',
  'account.unlockRemembered',
  'account.restore',
  'account.linkDevice',
])
/** What a caller may do whose session was ended: look, and log out. */
const alwaysOpen: ReadonlySet<string> = new Set<CallName>(['state.snapshot', 'account.logOut'])

export interface CallerSessionsOptions {
  readonly accounts: AccountStore
  readonly tokens: SessionTokens
  readonly account: { readonly current: SignedIn | null }
}

/**
 * The sessions of the window and of commands, held here and not by them: no token ever gets to a page.
 *
 * Whoever signs in gets a session, and so does a caller that calls while somebody is signed in: the bridge and
 * the folder of the control socket keep everybody else out. Once a session is ended from elsewhere, its caller
 * is refused until the password is given again.
 */
export class CallerSessions {
  readonly #held = new WeakMap<Caller, SessionId>()

  constructor(private readonly options: CallerSessionsOptions) {}

  /** Runs a call of a caller, and keeps its session in step with what the call did. */
  async run(
    name: string,
    input: unknown,
    caller: Caller | undefined,
    call: () => Promise<Result<unknown>>,
  ): Promise<Result<unknown>> {
    const { tokens, account } = this.options
    const held = caller && this.#held.get(caller)
    if (held) {
      if (tokens.has(held)) tokens.touch(held)
      else if (!account.current) this.#held.delete(caller)
      else if (name === 'account.unlock') return this.#again(caller, input)
      else if (!alwaysOpen.has(name)) return fail('session_invalid')
    } else if (caller && !signIns.has(name)) this.#begin(caller)
    const result = await call()
    if (!result.ok) return result
    if (caller && signIns.has(name)) this.#begin(caller)
    if (name === 'account.changePassword') tokens.endAll(held ?? null)
    return result
  }

  #begin(caller: Caller): void {
    const accountId = this.options.account.current?.vault.accountId
    if (!accountId) return
    const { tokens } = this.options
    const sessionId = tokens.hold(accountId, caller.kind)
    this.#held.set(caller, sessionId)
    caller.signal?.addEventListener('abort', () => tokens.end(sessionId), { once: true })
    if (caller.signal?.aborted) tokens.end(sessionId)
  }

  /** The account is open, but this caller's session was ended: the password gives it a new one. */
  async #again(caller: Caller, input: unknown): Promise<Result<void>> {
    const given = calls['account.unlock'].input.safeParse(input)
    if (!given.success) return fail('bad_request', { reason: 'input: invalid' })
    const vault = this.options.account.current?.vault
    const { username, password } = given.data
    if (!vault) return fail('not_signed_in')
    if (usernameKey(username) !== usernameKey(vault.username)) return fail('already_signed_in')
    const confirmed = await this.options.accounts.confirmPassword(vault, password)
    if (!confirmed.ok) return confirmed
    this.#begin(caller)
    return ok()
  }
}
