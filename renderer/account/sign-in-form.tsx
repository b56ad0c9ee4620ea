import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'
import { AccountChoice } from './account-choice.tsx'
import { FormHeading, SwitchLink } from './form-parts.tsx'
import type { AccountForm } from './signed-out.tsx'

/** Opens an account that is on this computer. */
export function SignInForm({ onSwitch }: { readonly onSwitch: (form: AccountForm) => void }) {
  const { t } = useTranslation()
  const { accounts } = useSlice('account')
  const [username, setUsername] = useState(accounts[0]?.username ?? '')
  const [password, setPassword] = useState('')
  const { run, isBusy, error, clearError } = useCall('account.unlock')

  const remembered = accounts.find((account) => account.username === username && account.isRemembered)
  const open = useCall('account.unlockRemembered')

  async function signIn(): Promise<void> {
    const result = await run({ username, password })
    if (!result.ok) setPassword('')
  }

  return (
    <>
      <FormHeading title={t('account.signInTitle')} />
      <form
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void signIn()
        }}
      >
        <AccountChoice
          accounts={accounts}
          username={username}
          onChoose={(chosen) => {
            setUsername(chosen)
            clearError()
            open.clearError()
          }}
        />
        <input type="hidden" name="username" autoComplete="username" value={username} />
        <PasswordField
          label={t('account.password')}
          autoComplete="current-password"
          required
          autoFocus
          value={password}
          onChange={(event) => {
            setPassword(event.target.value)
          }}
        />
        <ErrorNote error={error ?? open.error} />
        <Button type="submit" variant="primary" isBusy={isBusy} disabled={password === ''}>
          {t('account.signIn')}
        </Button>
        {remembered !== undefined && (
          <Button isBusy={open.isBusy} onClick={() => void open.run({ accountId: remembered.accountId })}>
            {t('account.signInRemembered')}
          </Button>
        )}
      </form>
      <div className="flex flex-col items-start gap-1">
        <SwitchLink
          onClick={() => {
            onSwitch('sign-up')
          }}
        >
          {t('account.toSignUp')}
        </SwitchLink>
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
