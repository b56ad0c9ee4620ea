import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { useCall } from '../state/use-call.ts'
import { FormHeading, SwitchLink, UsernameField } from './form-parts.tsx'
import { strengthOf } from '../components/forms/password-strength.ts'
import { holdRecoveryPhrase } from '../state/recovery-phrase.ts'
import type { AccountForm } from './signed-out.tsx'
import { StrengthHint } from '../components/forms/strength-hint.tsx'

interface SignUpFormProps {
  readonly hasAccounts: boolean
  readonly onSwitch: (form: AccountForm) => void
}

/** Makes a new account on this computer. */
export function SignUpForm({ hasAccounts, onSwitch }: SignUpFormProps) {
  const { t } = useTranslation()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const { run, isBusy, error } = useCall('account.signUp')

  async function signUp(): Promise<void> {
    const result = await run({ username: username.trim(), password })
    if (result.ok) holdRecoveryPhrase(result.value.recoveryPhrase)
  }

  return (
    <>
      <FormHeading title={t('account.signUpTitle')} text={t('account.signUpText')} />
      <form
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void signUp()
        }}
      >
        <UsernameField value={username} onChange={setUsername} hint={t('account.usernameHint')} autoFocus />
        <PasswordField
          label={t('account.password')}
          hint={<StrengthHint level={strengthOf(password, username.trim())} />}
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => {
            setPassword(event.target.value)
          }}
        />
        <p className="text-small text-ink-faint">{t('account.passwordLost')}</p>
        <ErrorNote error={error} />
        <Button type="submit" variant="primary" isBusy={isBusy} disabled={username.trim() === '' || password === ''}>
          {t('account.signUpAction')}
        </Button>
      </form>
      <div className="flex flex-col items-start gap-1">
        {hasAccounts && (
          <SwitchLink
            onClick={() => {
              onSwitch('sign-in')
            }}
          >
            {t('account.toSignIn')}
          </SwitchLink>
        )}
        <SwitchLink
          onClick={() => {
            onSwitch('restore')
          }}
        >
          {t('account.toRestore')}
        </SwitchLink>
        <SwitchLink
          onClick={() => {
            onSwitch('link')
          }}
        >
          {t('account.toLink')}
        </SwitchLink>
      </div>
    </>
  )
}
