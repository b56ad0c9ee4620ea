import { withOwnName } from '../../accounts/own-devices.ts'
import type { Handlers } from '../../contract/api.ts'
import { fail, ok } from '../../contract/result.ts'
import type { CallContext } from './context.ts'

export function sessionCalls(
  context: CallContext,
): Handlers<
  | 'sharing.set'
  | 'settings.update'
  | 'chat.open'
  | 'chat.remove'
  | 'chat.rename'
  | 'chat.ask'
  | 'chat.stop'
  | 'state.snapshot'
> {
  return {
    'state.snapshot': async () => ok(context.publisher.snapshot()),

    'sharing.set': async ({ isEnabled }) => {
      const signedIn = context.signedIn()
      if (!signedIn.ok) return signedIn
      await signedIn.value.session.setSharing(isEnabled)
      context.publisher.invalidate('sharing', 'machines')
      return ok()
    },

    'settings.update': async (change) => {
      const signedIn = context.signedIn()
      if (!signedIn.ok) return signedIn
      await signedIn.value.session.settings.update(change)
      const name = change.deviceName?.trim()
      // The other devices of the account hear the name from the vault.
      const named = name ? await signedIn.value.vault.update((contents) => withOwnName(contents, name)) : ok()
      if (change.deviceName !== undefined) signedIn.value.session.processor.enforce()
      await signedIn.value.session.api.refresh()
      context.publisher.invalidate('settings', 'machines', 'account')
      return named
    },

    'chat.open': async ({ chatId }) => {
      const signedIn = context.signedIn()
      return signedIn.ok ? signedIn.value.session.chats.open(chatId) : signedIn
    },
    'chat.remove': async ({ chatId }) => {
      const signedIn = context.signedIn()
      return signedIn.ok ? signedIn.value.session.chats.remove(chatId) : signedIn
    },
    'chat.rename': async ({ chatId, title }) => {
      const signedIn = context.signedIn()
      return signedIn.ok ? signedIn.value.session.chats.rename(chatId, title) : signedIn
    },
    'chat.ask': async (input) => {
      const signedIn = context.signedIn()
      if (!signedIn.ok) return signedIn
      const { session } = signedIn.value
      if (!session.pools.get(input.poolId)) return fail('pool_unknown')
      return session.chats.ask(input)
    },
    'chat.stop': async ({ chatId }) => {
      const signedIn = context.signedIn()
      return signedIn.ok ? signedIn.value.session.chats.interrupt(chatId) : signedIn
    },
  }
}
