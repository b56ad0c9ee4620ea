import { usernameKey } from '../../accounts/credentials.ts'
import { PasswordLine } from '../../accounts/password-line.ts'
import type { Handlers } from '../../contract/api.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { CallContext, SignedIn } from './context.ts'
import { enter } from './enter.ts'

/** Sessions of programs on this computer. Those of the window and of commands are caller-sessions.ts. */
export function sessionCalls(
  context: CallContext,
): Handlers<'session.open' | 'session.renew' | 'session.close' | 'session.end'> {
  const { accounts, tokens } = context
  const line = new PasswordLine()

  /** Checks the credentials of whoever is signed in; where nobody is, they sign in. */
  async function authenticate(username: string, password: string): Promise<Result<SignedIn>> {
    const signedIn = context.signedIn()
    if (!signedIn.ok) {
      const vault = await accounts.unlock({ username, password })
      if (!vault.ok) return vault
      const entered = await enter(context, vault.value)
      return entered.ok ? context.signedIn() : entered
    }
    const { vault } = signedIn.value
    if (usernameKey(vault.username) !== usernameKey(username)) return fail('already_signed_in')
    const confirmed = await accounts.confirmPassword(vault, password)
    return confirmed.ok ? signedIn : confirmed
  }

  /**
   * Checks the credentials that a program brings over HTTP. It never signs anybody in.
   *
   * A name that is not the account's costs as much work as a wrong password, and is refused in the same words. The
   * counter of the window and of commands is another one, so that guesses here never keep them waiting.
   */
  function authenticateProgram(username: string, password: string): Promise<Result<SignedIn>> {
    return line.run(async () => {
      const signedIn = context.signedIn()
      if (!signedIn.ok) return signedIn
      const { vault } = signedIn.value
      const isNamed = usernameKey(vault.username) === usernameKey(username)
      const isRight = await vault.isPassword(password)
      return isRight && isNamed ? context.signedIn() : fail('credentials_wrong')
    })
  }

  return {
    'session.open': async ({ username, password, kind }) => {
      const signedIn = await (kind === 'http' ? authenticateProgram : authenticate)(username, password)
      // The line sets the pace of these lines too.
      if (!signedIn.ok && signedIn.error.code === 'credentials_wrong') {
        context.log.warn('a program tried a wrong name or password over HTTP')
      }
      return signedIn.ok ? ok(await tokens.open(signedIn.value.vault.accountId, kind)) : signedIn
    },

    // Logging out ends all sessions, so a known session belongs to an unlocked account.
    'session.renew': ({ token }) => tokens.renew(token),

    'session.close': ({ token }) => tokens.close(token),

    'session.end': async ({ sessionId }) => {
      const signedIn = context.signedIn()
      return signedIn.ok ? tokens.end(sessionId) : signedIn
    },
  }
}
