import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChatSummary } from '../../../node/contract/state.ts'
import { TextField } from '../../components/forms/field.tsx'
import { FormDialog } from '../../components/forms/form-dialog.tsx'
import { nameMistake } from '../../components/forms/text-mistakes.ts'
import { useMistakes } from '../../components/forms/use-mistakes.ts'
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
  const mistakes = useMistakes({ name: nameMistake(title, 120) }, { error, fields: {} })

  async function save(): Promise<void> {
    const result = await run({ chatId: chat.chatId, title: title.trim() })
    if (result.ok) onClose()
  }

  return (
    <FormDialog
      title={t('chat.renameTitle')}
      action={t('chat.renameAction')}
      isBusy={isBusy}
      error={mistakes.rest}
      onSubmit={mistakes.before(save)}
      onClose={onClose}
    >
      <TextField label={t('chat.renameLabel')} mistake={mistakes.of('name')} value={title} onChange={setTitle} />
    </FormDialog>
  )
}
