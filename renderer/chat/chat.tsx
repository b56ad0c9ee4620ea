import type { ChatId } from '../../node/contract/ids.ts'
import type { ChatPlace } from '../state/navigation.ts'
import { ChatHeader } from './chat-header.tsx'
import { useAsking } from './composer/ask-store.ts'
import { Composer } from './composer/composer.tsx'
import { EmptyChat } from './empty-chat.tsx'
import { Transcript } from './transcript/transcript.tsx'
import { useChat } from './use-chat.ts'

interface ChatProps {
  readonly place: ChatPlace
  readonly chatId: ChatId | null
}

/** One chat: what was said, and the place to ask. Another chat is another of these, with nothing kept. */
export function Chat({ place, chatId }: ChatProps) {
  const asking = useAsking((state) => state.asking[place] ?? null)
  const chat = useChat(chatId)
  const isEmpty = chatId === null && asking === null
  return (
    <div className="flex h-full flex-col short:h-auto short:min-h-full">
      <ChatHeader chatId={chatId} />
      {isEmpty ? <EmptyChat /> : <Transcript chatId={chatId} chat={chat} asking={asking} />}
      <Composer chatId={chatId} isAnswering={chat.isAnswering} />
    </div>
  )
}
