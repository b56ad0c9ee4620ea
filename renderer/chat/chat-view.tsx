import { useEffect } from 'react'
import { useChatPlace, useNavigation } from '../state/navigation.ts'
import { Chat } from './chat.tsx'
import { prepareMarkdown } from './markdown/lazy-markdown.tsx'

/** The chat on screen. */
export function ChatView() {
  const place = useChatPlace()
  const chatId = useNavigation((navigation) => navigation.chatId)

  useEffect(() => {
    const idle = requestIdleCallback(prepareMarkdown)
    return () => {
      cancelIdleCallback(idle)
    }
  }, [])

  // One key around all that a chat shows: a key for each part of it once left parts of other chats on screen.
  return <Chat key={place} place={place} chatId={chatId} />
}
