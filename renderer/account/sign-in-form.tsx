import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { missing } from '../components/forms/text-mistakes.ts'
import { useMistakes } from '../components/forms/use-mistakes.ts'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'
import { AccountChoice } from './account-choice.tsx'
import { EntranceForm, type EntranceProps } from './entrance-form.tsx'

/** Opens an account that is on this computer. */
export function SignInForm({ onSwitch }: Pick<EntranceProps, 'onSwitch'>) {
  const { t } = useTranslation()
  const { accounts } = useSlice('account')
  const [username, setUsername] = useState(accounts[0]?.username ?? '')
  const [password, setPassword] = useState('')
  const unlock = useCall('account.unlock')
  const unlockRemembered = useCall('account.unlockRemembered')
  const remembered = accounts.find((account) => account.username === username && account.isRemembered)
  const mistakes = useMistakes(
    { password: missing(password) },
    { error: unlock.error ?? unlockRemembered.error, fields: { password_wrong: 'password' } },
  )

  async function signIn(): Promise<void> {
    const result = await unlock.run({ username, password })
    if (!result.ok) setPassword('')
  }

  function choose(chosen: string): void {
    setUsername(chosen)
    unlock.clearError()
    unlockRemembered.clearError()
  }

  return (
    <EntranceForm
      title={t('account.signInTitle')}
      action={t('account.signIn')}
      isBusy={unlock.isBusy}
      error={mistakes.rest}
      otherAction={
        remembered !== undefined && (
          <Button
            isBusy={unlockRemembered.isBusy}
            onClick={() => void unlockRemembered.run({ accountId: remembered.accountId })}
          >
            {t('account.signInRemembered')}
          </Button>
        )
      }
      others={['signUp', 'restore', 'linking']}
      onSwitch={onSwitch}
      onSubmit={mistakes.before(signIn)}
    >
      <AccountChoice accounts={accounts} username={username} onChoose={choose} />
      <input type="hidden" name="username" autoComplete="username" value={username} />
      <PasswordField
        label={t('account.password')}
        autoComplete="current-password"
        required
        autoFocus
        mistake={mistakes.of('password')}
        value={password}
        onChange={setPassword}
      />
    </EntranceForm>
  )
}
