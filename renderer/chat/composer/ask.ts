import { call } from '../../bridge/kith.ts'
import { showChat, useNavigation } from '../../state/navigation.ts'
import { setAsking, useAsking, type Question } from './ask-store.ts'
import { addExchange } from '../transcript/transcript-store.ts'

/** Asks a question. The question is on screen at once; the answer follows in events. */
export async function ask(input: Question): Promise<boolean> {
  const current = useAsking.getState().asking
  if (current !== null && current.error === null) return false
  const asking = { chatId: input.chatId, text: input.text, askedAtMs: Date.now(), error: null }
  setAsking(asking)
  const result = await call('chat.ask', input)
  if (!result.ok) {
    setAsking({ ...asking, error: result.error })
    return false
  }
  const { chat, question, answer } = result.value
  addExchange(chat.chatId, question, answer)
  setAsking(null)
  // Somebody who went on to another chat meanwhile is not pulled back.
  const { view, chatId } = useNavigation.getState()
  if (view === 'chat' && chatId === input.chatId) showChat(chat.chatId)
  return true
}
