import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { PhraseWords } from '../components/phrase-words.tsx'
import { useCall } from '../state/use-call.ts'
import { PasswordDialog } from './password-dialog.tsx'

interface PhraseDialogProps {
  readonly isSaved: boolean
  readonly onClose: () => void
}

/** The recovery phrase, behind the password. It is forgotten when the dialog closes. */
export function PhraseDialog({ isSaved, onClose }: PhraseDialogProps) {
  const { t } = useTranslation()
  const [phrase, setPhrase] = useState<string | null>(null)
  const show = useCall('account.recoveryPhrase')
  const save = useCall('account.phraseSaved')

  async function reveal(password: string): Promise<void> {
    const result = await show.run({ password })
    if (result.ok) setPhrase(result.value.recoveryPhrase)
  }

  async function confirm(): Promise<void> {
    const result = isSaved ? null : await save.run({})
    if (result?.ok !== false) onClose()
  }

  if (phrase === null) {
    return (
      <PasswordDialog
        title={t('account.phrase')}
        text={t('account.phraseAsk')}
        action={t('account.phraseShow')}
        isBusy={show.isBusy}
        error={show.error}
        onConfirm={({ password }) => reveal(password)}
        onClose={onClose}
      />
    )
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('account.phrase')}
      description={t('account.phraseText')}
      actions={
        <>
          <CopyButton text={phrase} label={t('account.phraseCopy')} look="secondary" size="medium" />
          <Button variant="primary" isBusy={save.isBusy} onClick={() => void confirm()}>
            {t('account.phraseSaved')}
          </Button>
        </>
      }
    >
      <PhraseWords phrase={phrase} />
      <ErrorNote error={save.error} />
    </Dialog>
  )
}
