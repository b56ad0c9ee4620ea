import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { Field, inputStyle } from '../components/forms/field.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { useCall } from '../state/use-call.ts'
import { FormHeading, SwitchLink, UsernameField } from './form-parts.tsx'
import { strengthOf } from '../components/forms/password-strength.ts'
import type { AccountForm } from './signed-out.tsx'
import { StrengthHint } from '../components/forms/strength-hint.tsx'
import { tidyPhrase } from '../components/forms/tidy-phrase.ts'

interface RestoreFormProps {
  readonly hasAccounts: boolean
  readonly onSwitch: (form: AccountForm) => void
}

/** Brings an account back with its recovery phrase. */
export function RestoreForm({ hasAccounts, onSwitch }: RestoreFormProps) {
  const { t } = useTranslation()
  const [phrase, setPhrase] = useState('')
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const { run, isBusy, error } = useCall('account.restore')
  const recoveryPhrase = tidyPhrase(phrase)
  const wordCount = recoveryPhrase === '' ? 0 : recoveryPhrase.split(' ').length
  const isComplete = wordCount > 0 && username.trim() !== '' && password !== ''

  return (
    <>
      <FormHeading title={t('account.restoreTitle')} text={t('account.restoreText')} />
      <form
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void run({ recoveryPhrase, username: username.trim(), password })
        }}
      >
        <Field label={t('account.phraseEnter')} hint={t('account.phraseHint', { count: wordCount })}>
          {(wiring) => (
            <textarea
              {...wiring}
              rows={3}
              autoFocus
              required
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
        <UsernameField value={username} onChange={setUsername} />
        <PasswordField
          label={t('account.newPassword')}
          hint={<StrengthHint level={strengthOf(password, username.trim())} />}
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => {
            setPassword(event.target.value)
          }}
        />
        <ErrorNote error={error} />
        <Button type="submit" variant="primary" isBusy={isBusy} disabled={!isComplete}>
          {t('account.restoreAction')}
        </Button>
      </form>
      <div>
        <SwitchLink
          onClick={() => {
            onSwitch(hasAccounts ? 'sign-in' : 'sign-up')
          }}
        >
          {hasAccounts ? t('account.toSignIn') : t('account.toSignUp')}
        </SwitchLink>
      </div>
    </>
  )
}
