import { useEffect } from 'react'
import { useNavigation } from '../state/navigation.ts'
import { useAsking } from './composer/ask-store.ts'
import { ChatHeader } from './chat-header.tsx'
import { Composer } from './composer/composer.tsx'
import { EmptyChat } from './empty-chat.tsx'
import { prepareMarkdown } from './markdown/lazy-markdown.tsx'
import { Transcript } from './transcript/transcript.tsx'
import { useChat } from './use-chat.ts'

/** One chat: what was said, and the place to ask. */
export function ChatView() {
  const chatId = useNavigation((navigation) => navigation.chatId)
  const asking = useAsking((state) => (state.asking?.chatId === chatId ? state.asking : null))
  const chat = useChat(chatId)
  const isEmpty = chatId === null && asking === null

  useEffect(() => {
    const idle = requestIdleCallback(prepareMarkdown)
    return () => {
      cancelIdleCallback(idle)
    }
  }, [])

  return (
    <div className="flex h-full flex-col short:h-auto short:min-h-full">
      <ChatHeader chatId={chatId} />
      {isEmpty ? <EmptyChat /> : <Transcript key={chatId} chatId={chatId} chat={chat} asking={asking} />}
      <Composer key={chatId ?? 'new'} chatId={chatId} isAnswering={chat.isAnswering} />
    </div>
  )
}
