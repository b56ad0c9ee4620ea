import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { KithError } from '../../node/contract/errors.ts'
import { FormDialog } from '../components/forms/form-dialog.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { PhraseField } from '../components/forms/phrase-field.tsx'
import { missing, phraseMistake } from '../components/forms/text-mistakes.ts'
import { useMistakes } from '../components/forms/use-mistakes.ts'
import { tidyPhrase } from '../components/forms/tidy-phrase.ts'

interface PasswordDialogProps {
  readonly title: string
  readonly text: ReactNode
  readonly action: string
  readonly isDangerous?: boolean
  /** Asks for the recovery phrase too, where this computer lacks the key for it. */
  readonly needsPhrase?: boolean
  readonly isBusy: boolean
  readonly error: KithError | null
  readonly onConfirm: (secret: { readonly password: string; readonly recoveryPhrase?: string }) => Promise<void>
  readonly onClose: () => void
}

/** Asks for the password before something that only its owner may do. Nothing typed outlives the dialog. */
export function PasswordDialog({ text, needsPhrase = false, error, onConfirm, ...shell }: PasswordDialogProps) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const [phrase, setPhrase] = useState('')
  const recoveryPhrase = tidyPhrase(phrase)
  const mistakes = useMistakes(
    { password: missing(password), phrase: needsPhrase ? phraseMistake(recoveryPhrase) : null },
    { error, fields: { password_wrong: 'password', phrase_invalid: 'phrase' } },
  )
  return (
    <FormDialog
      {...shell}
      description={text}
      error={mistakes.rest}
      onSubmit={mistakes.before(() => onConfirm({ password, ...(needsPhrase ? { recoveryPhrase } : {}) }))}
    >
      <PasswordField
        label={t('account.password')}
        autoComplete="current-password"
        mistake={mistakes.of('password')}
        value={password}
        onChange={setPassword}
      />
      {needsPhrase && (
        <PhraseField
          hint={t('profile.phraseNeeded')}
          mistake={mistakes.of('phrase')}
          value={phrase}
          onChange={setPhrase}
        />
      )}
    </FormDialog>
  )
}
