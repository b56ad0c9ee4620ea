import { useTranslation } from 'react-i18next'
import type { ChatSummary } from '../../../node/contract/state.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useCall } from '../../state/use-call.ts'
import { forgetChat } from '../forget-chat.ts'

interface RemoveChatDialogProps {
  readonly chat: ChatSummary
  readonly onClose: () => void
}

/** Removes a chat, after asking. */
export function RemoveChatDialog({ chat, onClose }: RemoveChatDialogProps) {
  const { t } = useTranslation()
  const { run, isBusy, error } = useCall('chat.remove')

  async function remove(): Promise<void> {
    const result = await run({ chatId: chat.chatId })
    if (!result.ok) return
    forgetChat(chat.chatId)
    onClose()
  }

  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      onConfirm={() => void remove()}
      title={t('chat.removeTitle')}
      text={t('chat.removeText', { title: chat.title })}
      action={t('chat.removeAction')}
      isDangerous
      isBusy={isBusy}
      error={error}
    />
  )
}
