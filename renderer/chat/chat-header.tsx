import { useTranslation } from 'react-i18next'
import type { ChatId } from '../../node/contract/ids.ts'
import { useSlice } from '../state/slices.ts'

/** The chat's name. */
export function ChatHeader({ chatId }: { readonly chatId: ChatId | null }) {
  const { t } = useTranslation()
  const title = useSlice('chats').find((chat) => chat.chatId === chatId)?.title
  if (chatId === null) return <h1 className="sr-only">{t('chat.new')}</h1>
  return (
    <header className="overflow-hidden border-b border-line px-5 py-3 [scrollbar-gutter:stable_both-edges] sm:px-8">
      <h1 className="mx-auto max-w-3xl truncate text-body font-semibold">{title ?? t('chat.title')}</h1>
    </header>
  )
}
