import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NewPasswordField } from '../components/forms/new-password-field.tsx'
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

  async function signUp(): Promise<void> {
    const result = await run({ username, password })
    if (result.ok) holdRecoveryPhrase(result.value.recoveryPhrase)
  }

  return (
    <EntranceForm
      title={t('account.signUpTitle')}
      text={t('account.signUpText')}
      action={t('account.signUpAction')}
      isReady={username !== '' && password !== ''}
      isBusy={isBusy}
      error={error}
      others={hasAccounts ? ['signIn', 'restore', 'linking'] : ['restore', 'linking']}
      onSwitch={onSwitch}
      onSubmit={() => void signUp()}
    >
      <UsernameField value={typedName} onChange={setUsername} hint={t('account.usernameHint')} autoFocus />
      <NewPasswordField label={t('account.password')} username={username} value={password} onChange={setPassword} />
      <p className="text-small text-ink-faint">{t('account.passwordLost')}</p>
    </EntranceForm>
  )
}
