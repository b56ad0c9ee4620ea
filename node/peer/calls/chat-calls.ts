import type { Handlers } from '../../contract/api.ts'
import { fail } from '../../contract/result.ts'
import type { CallContext } from './context.ts'

export function chatCalls(
  context: CallContext,
): Handlers<'chat.open' | 'chat.remove' | 'chat.rename' | 'chat.ask' | 'chat.stop'> {
  return {
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
