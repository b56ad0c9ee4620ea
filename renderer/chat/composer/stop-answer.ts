import type { ChatId } from '../../../node/contract/ids.ts'
import { call } from '../../bridge/kith.ts'
import { useNavigation } from '../../state/navigation.ts'
import { notifyProblem } from '../../state/notices.ts'
import { setStopping, useAsking } from './ask-store.ts'
import { isAnswering, messagesOf, putChat, settleChat, useTranscripts } from '../transcript/transcript-store.ts'

/** After this the window lets go of the answer, whatever the peer does: the button must never stick. */
const letGoAfterMs = 3_000

function isRunning(chatId: ChatId): boolean {
  return messagesOf(chatId)?.some(isAnswering) ?? false
}

/** Resolves when the chat's answer has ended, or when the time is up. */
function ended(chatId: ChatId): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, letGoAfterMs)
    const stop = useTranscripts.subscribe(() => {
      if (!isRunning(chatId)) finish()
    })
    function finish(): void {
      clearTimeout(timer)
      stop()
      resolve()
    }
  })
}

/** Stops the answer of a chat. Partial text is kept. */
export async function stopAnswer(chatId: ChatId): Promise<void> {
  if (useAsking.getState().stopping.includes(chatId) || !isRunning(chatId)) return
  setStopping(chatId, true)
  const end = ended(chatId)
  const stopped = call('chat.stop', { chatId })
  await end
  if (isRunning(chatId)) {
    settleChat(chatId)
    void readAgain(chatId)
  }
  setStopping(chatId, false)
  const result = await stopped
  if (!result.ok && result.error.code !== 'chat_unknown') notifyProblem(result.error)
}

/** Takes the chat as the peer has it, unless it still counts as running there. */
async function readAgain(chatId: ChatId): Promise<void> {
  const opened = await call('chat.open', { chatId })
  if (opened.ok && !opened.value.messages.some(isAnswering)) putChat(chatId, opened.value.messages)
}

/** Stops the answer of the chat on screen; false when none is running. */
export function stopShownChat(): boolean {
  const { view, chatId } = useNavigation.getState()
  if (view !== 'chat' || chatId === null || !isRunning(chatId)) return false
  void stopAnswer(chatId)
  return true
}
