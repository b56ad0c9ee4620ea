import { useId, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { KithError } from '../../node/contract/errors.ts'
import { tidyPhrase } from '../components/forms/tidy-phrase.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { Field, inputStyle } from '../components/forms/field.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'

interface PasswordDialogProps {
  readonly title: string
  readonly text: ReactNode
  readonly action: string
  readonly isDangerous?: boolean
  /** Asks for the recovery phrase too, where this computer lacks the key for it. */
  readonly needsPhrase?: boolean
  readonly isBusy: boolean
  readonly error: KithError | null
  readonly onConfirm: (secret: { readonly password: string; readonly recoveryPhrase?: string }) => void
  readonly onClose: () => void
}

/** Asks for the password before something that only its owner may do. Nothing typed outlives the dialogue. */
export function PasswordDialog(props: PasswordDialogProps) {
  const { t } = useTranslation()
  const formId = useId()
  const [password, setPassword] = useState('')
  const [phrase, setPhrase] = useState('')
  const needsPhrase = props.needsPhrase === true
  const isReady = password !== '' && (!needsPhrase || phrase.trim() !== '')

  return (
    <Dialog
      isOpen
      onClose={props.onClose}
      title={props.title}
      description={props.text}
      actions={
        <>
          <Button onClick={props.onClose}>{t('app.cancel')}</Button>
          <Button
            type="submit"
            form={formId}
            variant={props.isDangerous === true ? 'danger' : 'primary'}
            isBusy={props.isBusy}
            disabled={!isReady}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (props.isBusy || !isReady) return
          props.onConfirm({ password, ...(needsPhrase ? { recoveryPhrase: tidyPhrase(phrase) } : {}) })
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
        {needsPhrase && (
          <Field label={t('account.phraseEnter')} hint={t('profile.phraseNeeded')}>
            {(wiring) => (
              <textarea
                {...wiring}
                rows={3}
                spellCheck={false}
                autoCapitalize="none"
                autoComplete="off"
                maxLength={400}
                value={phrase}
                className={`${inputStyle} resize-none font-mono text-small`}
                onChange={(event) => {
                  setPhrase(event.target.value)
                }}
              />
            )}
          </Field>
        )}
        <ErrorNote error={props.error} />
      </form>
    </Dialog>
  )
}
