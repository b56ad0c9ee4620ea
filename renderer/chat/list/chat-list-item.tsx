import { Ellipsis, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChatSummary } from '../../../node/contract/state.ts'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { Spinner } from '../../components/spinner.tsx'
import { showChat } from '../../state/navigation.ts'
import { RemoveChatDialog } from './remove-chat-dialog.tsx'
import { RenameChatDialog } from './rename-chat-dialog.tsx'

interface ChatListItemProps {
  readonly chat: ChatSummary
  readonly isCurrent: boolean
}

/** One chat of the list, with what can be done to it. */
export function ChatListItem({ chat, isCurrent }: ChatListItemProps) {
  const { t } = useTranslation()
  const [asks, setAsks] = useState<'rename' | 'remove' | null>(null)

  function close(): void {
    setAsks(null)
  }

  return (
    <li className="group relative mb-0.5 rounded-control transition-colors hover:bg-hover has-[[aria-current]]:bg-accent-soft">
      <button
        type="button"
        aria-current={isCurrent ? 'page' : undefined}
        title={chat.title}
        className="flex min-h-9 w-full items-center gap-2 rounded-control ps-3 pe-9 text-start text-small text-ink-soft aria-[current]:font-medium aria-[current]:text-accent-ink"
        onClick={() => {
          showChat(chat.chatId)
        }}
      >
        <span className="truncate">{chat.title}</span>
        {chat.isAnswering && (
          <span className="ms-auto flex items-center">
            <Spinner size={13} />
            <span className="sr-only">{t('chat.answering')}</span>
          </span>
        )}
      </button>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={t('app.moreFor', { name: chat.title })}
            className="absolute end-1 top-1 inline-flex size-7 items-center justify-center rounded-lg text-ink-faint opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-canvas hover:text-ink data-[state=open]:opacity-100 forced-colors:opacity-100 [@media(hover:none)]:opacity-100"
          >
            <Ellipsis aria-hidden size={16} />
          </button>
        }
      >
        <MenuItem
          icon={<Pencil aria-hidden size={15} />}
          onSelect={() => {
            setAsks('rename')
          }}
        >
          {t('chat.rename')}
        </MenuItem>
        <MenuItem
          isDangerous
          icon={<Trash2 aria-hidden size={15} />}
          onSelect={() => {
            setAsks('remove')
          }}
        >
          {t('chat.remove')}
        </MenuItem>
      </Menu>
      {asks === 'rename' && <RenameChatDialog chat={chat} onClose={close} />}
      {asks === 'remove' && <RemoveChatDialog chat={chat} onClose={close} />}
    </li>
  )
}
