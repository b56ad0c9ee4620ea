import type { KithError } from '../../../node/contract/errors.ts'
import { call } from '../../bridge/kith.ts'
import { placeOfChat, showChat, useNavigation, type ChatPlace } from '../../state/navigation.ts'
import { notifyProblem } from '../../state/notices.ts'
import { keepChoice } from '../pickers/choice-store.ts'
import { addExchange } from '../transcript/transcript-store.ts'
import { setAsking, useAsking, type Asking, type Question } from './ask-store.ts'
import { giveBackDraft, moveDraft } from './drafts.ts'

/** Asks a question. The question is on screen at once; the answer follows in events. */
export async function ask(input: Question): Promise<boolean> {
  const place = placeOfChat(input.chatId)
  if (useAsking.getState().asking[place]?.error === null) return false
  const asking: Asking = { chatId: input.chatId, text: input.text, askedAtMs: Date.now(), error: null }
  setAsking(place, asking)
  const result = await call('chat.ask', input)
  // Whoever logged out or removed the chat meanwhile wants to hear nothing of it.
  if (useAsking.getState().asking[place] !== asking) return result.ok
  if (!result.ok) {
    wasNotTaken(place, asking, result.error)
    return false
  }
  const { chat, question, answer } = result.value
  addExchange(chat.chatId, question, answer)
  keepChoice(chat.chatId, { model: input.model, poolId: input.poolId })
  setAsking(place, null)
  // Somebody who went on to another chat meanwhile is not pulled back.
  if (input.chatId === null && isShown(place)) {
    moveDraft(null, chat.chatId)
    showChat(chat.chatId)
  }
  return true
}

function isShown(place: ChatPlace): boolean {
  const { view, chatId } = useNavigation.getState()
  return view === 'chat' && placeOfChat(chatId) === place
}

/** Shows the failure where the question was asked, or, where nobody can go back to, gives the question back. */
function wasNotTaken(place: ChatPlace, asking: Asking, error: KithError): void {
  if (placeOfChat(asking.chatId) === place) {
    setAsking(place, { ...asking, error })
    return
  }
  setAsking(place, null)
  giveBackDraft(asking.chatId, asking.text)
  notifyProblem(error)
}
