import type { ChatId } from '../../node/contract/ids.ts'
import { readSlice, watchSlice } from '../state/slices.ts'
import { leaveChat, useNavigation } from '../state/navigation.ts'
import { setAsking, setStopping } from './composer/ask-store.ts'
import { forgetChoice } from './pickers/choice-store.ts'
import { setDraft } from './composer/drafts.ts'
import { forgetTranscript } from './transcript/transcript-store.ts'

/** Lets go of all this window holds of a chat that was removed; one that is on screen leaves it. */
export function forgetChat(chatId: ChatId): void {
  if (useNavigation.getState().chatId === chatId) leaveChat()
  forgetTranscript(chatId)
  setDraft(chatId, '')
  setAsking(chatId, null)
  setStopping(chatId, false)
  forgetChoice(chatId)
}

/** Forgets each chat that is removed, here, in another window or by command. Returns the unsubscribe function. */
export function followRemovals(): () => void {
  let known = readSlice('chats').map(({ chatId }) => chatId)
  return watchSlice('chats', (chats) => {
    const left = new Set(chats.map(({ chatId }) => chatId))
    for (const chatId of known) if (!left.has(chatId)) forgetChat(chatId)
    known = [...left]
  })
}
