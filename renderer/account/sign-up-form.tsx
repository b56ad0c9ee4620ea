import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newPasswordMistake, userNameMistake } from '../components/forms/text-mistakes.ts'
import { NewPasswordField } from '../components/forms/new-password-field.tsx'
import { useMistakes } from '../components/forms/use-mistakes.ts'
import { holdRecoveryPhrase } from '../state/recovery-phrase.ts'
import { useCall } from '../state/use-call.ts'
import { EntranceForm, type EntranceProps } from './entrance-form.tsx'
import { UsernameField } from './username-field.tsx'

/** Makes a new account on this computer. */
export function SignUpForm({ hasAccounts, onSwitch }: EntranceProps) {
  const { t } = useTranslation()
  const [typedName, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const { run, isBusy, error } = useCall('account.signUp')
  const username = typedName.trim()
  const mistakes = useMistakes(
    { username: userNameMistake(typedName), password: newPasswordMistake(password) },
    {
      error,
      fields: { username_invalid: 'username', username_taken: 'username', password_too_short: 'password' },
    },
  )

  async function signUp(): Promise<void> {
    const result = await run({ username, password })
    if (result.ok) holdRecoveryPhrase(result.value.recoveryPhrase)
  }

  return (
    <EntranceForm
      title={t('account.signUpTitle')}
      text={t('account.signUpText')}
      action={t('account.signUpAction')}
      isBusy={isBusy}
      error={mistakes.rest}
      others={hasAccounts ? ['signIn', 'restore', 'linking'] : ['restore', 'linking']}
      onSwitch={onSwitch}
      onSubmit={mistakes.before(signUp)}
    >
      <UsernameField
        value={typedName}
        onChange={setUsername}
        hint={t('account.usernameHint')}
        mistake={mistakes.of('username')}
        autoFocus
      />
      <NewPasswordField
        label={t('account.password')}
        username={username}
        mistake={mistakes.of('password')}
        value={password}
        onChange={setPassword}
      />
      <p className="text-small text-ink-faint">{t('account.passwordLost')}</p>
    </EntranceForm>
  )
}
