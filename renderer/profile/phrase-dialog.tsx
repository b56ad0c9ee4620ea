import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PhraseWords } from '../components/phrase-words.tsx'
import { Button } from '../components/button.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { useCall } from '../state/use-call.ts'

interface PhraseDialogProps {
  readonly isSaved: boolean
  readonly onClose: () => void
}

/** The recovery phrase, behind the password. It is forgotten when the dialogue closes. */
export function PhraseDialog({ isSaved, onClose }: PhraseDialogProps) {
  const { t } = useTranslation()
  const formId = useId()
  const [password, setPassword] = useState('')
  const [phrase, setPhrase] = useState<string | null>(null)
  const show = useCall('account.recoveryPhrase')
  const save = useCall('account.phraseSaved')

  async function reveal(): Promise<void> {
    const result = await show.run({ password })
    setPassword('')
    if (result.ok) setPhrase(result.value.recoveryPhrase)
  }

  async function confirm(): Promise<void> {
    if (isSaved) {
      onClose()
      return
    }
    const result = await save.run({})
    if (result.ok) onClose()
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('account.phrase')}
      description={phrase === null ? t('account.phraseAsk') : t('account.phraseText')}
      actions={
        phrase === null ? (
          <>
            <Button onClick={onClose}>{t('app.cancel')}</Button>
            <Button type="submit" form={formId} variant="primary" isBusy={show.isBusy} disabled={password === ''}>
              {t('account.phraseShow')}
            </Button>
          </>
        ) : (
          <>
            <CopyButton text={phrase} label={t('account.phraseCopy')} look="secondary" size="medium" />
            <Button variant="primary" isBusy={save.isBusy} onClick={() => void confirm()}>
              {t('account.phraseSaved')}
            </Button>
          </>
        )
      }
    >
      {phrase === null ? (
        <form
          id={formId}
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (!show.isBusy) void reveal()
          }}
        >
          <PasswordField
            label={t('account.password')}
            autoComplete="current-password"
            autoFocus
            value={password}
            onChange={(event) => {
              setPassword(event.target.value)
            }}
          />
        </form>
      ) : (
        <PhraseWords phrase={phrase} />
      )}
      <ErrorNote error={show.error ?? save.error} />
    </Dialog>
  )
}
