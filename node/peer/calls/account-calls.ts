import type { Handlers } from '../../contract/api.ts'
import { fail, ok } from '../../contract/result.ts'
import type { CallContext } from './context.ts'
import { enter } from './enter.ts'

export function accountCalls(
  context: CallContext,
): Handlers<
  | 'account.signUp'
  | 'account.unlock'
  | 'account.restore'
  | 'account.recoveryPhrase'
  | 'account.phraseSaved'
  | 'account.logOut'
> {
  const { accounts } = context

  return {
    'account.signUp': async (credentials) => {
      if (context.signedIn().ok) return fail('already_signed_in')
      const made = await accounts.signUp(credentials)
      if (!made.ok) return made
      await context.refreshAccounts()
      const entered = await enter(context, made.value.vault)
      return entered.ok ? ok({ recoveryPhrase: made.value.recoveryPhrase }) : entered
    },

    'account.unlock': async (credentials) => {
      if (context.signedIn().ok) return fail('already_signed_in')
      const vault = await accounts.unlock(credentials)
      return vault.ok ? enter(context, vault.value) : vault
    },

    'account.restore': async (input) => {
      if (context.signedIn().ok) return fail('already_signed_in')
      const vault = await accounts.restore(input)
      if (!vault.ok) return vault
      await context.refreshAccounts()
      return enter(context, vault.value)
    },

    'account.recoveryPhrase': async ({ password }) => {
      const signedIn = context.signedIn()
      if (!signedIn.ok) return signedIn
      const confirmed = await accounts.confirmPassword(signedIn.value.vault, password)
      if (!confirmed.ok) return confirmed
      const { recoveryPhrase } = signedIn.value.vault
      return recoveryPhrase ? ok({ recoveryPhrase }) : fail('phrase_invalid')
    },

    'account.phraseSaved': async () => {
      const signedIn = context.signedIn()
      if (!signedIn.ok) return signedIn
      const saved = await signedIn.value.vault.update((contents) => ({ ...contents, recoveryPhraseSaved: true }))
      context.changes.invalidate('account')
      return saved
    },

    'account.logOut': async () => {
      await context.signOut()
      return ok()
    },
  }
}
