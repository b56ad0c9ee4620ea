import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChatSummary } from '../../../node/contract/state.ts'
import { TextField } from '../../components/forms/field.tsx'
import { FormDialog } from '../../components/forms/form-dialog.tsx'
import { useCall } from '../../state/use-call.ts'

interface RenameChatDialogProps {
  readonly chat: ChatSummary
  readonly onClose: () => void
}

/** Gives a chat another name. */
export function RenameChatDialog({ chat, onClose }: RenameChatDialogProps) {
  const { t } = useTranslation()
  const [title, setTitle] = useState(chat.title)
  const { run, isBusy, error } = useCall('chat.rename')

  async function save(): Promise<void> {
    const result = await run({ chatId: chat.chatId, title: title.trim() })
    if (result.ok) onClose()
  }

  return (
    <FormDialog
      title={t('chat.renameTitle')}
      action={t('chat.renameAction')}
      isReady={title.trim() !== ''}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <TextField label={t('chat.renameLabel')} maxLength={120} value={title} onChange={setTitle} />
    </FormDialog>
  )
}
