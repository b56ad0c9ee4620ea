import { useTranslation } from 'react-i18next'
import { useNavigation } from '../../state/navigation.ts'
import { useSlice } from '../../state/slices.ts'
import { ChatListItem } from './chat-list-item.tsx'

/** All chats, the newest first. */
export function ChatList() {
  const { t } = useTranslation()
  const chats = useSlice('chats')
  const { view, chatId } = useNavigation()
  const sorted = [...chats].sort((first, second) => second.updatedAtMs - first.updatedAtMs)
  return (
    <nav aria-label={t('chat.list')} className="flex min-h-32 flex-1 flex-col gap-1">
      <h2 className="px-6 text-caption font-medium text-ink-faint">{t('chat.list')}</h2>
      {sorted.length === 0 ? (
        <p className="px-6 text-small text-ink-faint">{t('chat.none')}</p>
      ) : (
        <ul className="min-h-0 flex-1 overflow-y-auto px-3 py-0.5">
          {sorted.map((chat) => (
            <ChatListItem key={chat.chatId} chat={chat} isCurrent={view === 'chat' && chat.chatId === chatId} />
          ))}
        </ul>
      )}
    </nav>
  )
}
