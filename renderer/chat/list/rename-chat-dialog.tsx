import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChatSummary } from '../../../node/contract/state.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorNote } from '../../components/error-note.tsx'
import { TextField } from '../../components/forms/field.tsx'
import { useCall } from '../../state/use-call.ts'

interface RenameChatDialogProps {
  readonly chat: ChatSummary
  readonly onClose: () => void
}

/** Gives a chat another name. */
export function RenameChatDialog({ chat, onClose }: RenameChatDialogProps) {
  const { t } = useTranslation()
  const formId = useId()
  const [title, setTitle] = useState(chat.title)
  const { run, isBusy, error } = useCall('chat.rename')

  async function save(): Promise<void> {
    const result = await run({ chatId: chat.chatId, title: title.trim() })
    if (result.ok) onClose()
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('chat.renameTitle')}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={isBusy} disabled={title.trim() === ''}>
            {t('chat.renameAction')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <TextField
          label={t('chat.renameLabel')}
          value={title}
          maxLength={120}
          autoFocus
          onChange={(event) => {
            setTitle(event.target.value)
          }}
        />
        <ErrorNote error={error} />
      </form>
    </Dialog>
  )
}
