import { dismissAllNotices } from '../state/notices.ts'
import { useNavigation } from '../state/navigation.ts'

/** Notices go with the page, or the chat, they were shown on. Returns the unsubscribe function. */
export function followPages(): () => void {
  return useNavigation.subscribe((now, before) => {
    if (now.view !== before.view || now.chatId !== before.chatId || now.newChat !== before.newChat) dismissAllNotices()
  })
}
