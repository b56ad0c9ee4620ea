import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { TextField } from '../components/forms/field.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'
import { FormHeading, SwitchLink } from './form-parts.tsx'
import { strengthOf } from '../components/forms/password-strength.ts'
import type { AccountForm } from './signed-out.tsx'
import { StrengthHint } from '../components/forms/strength-hint.tsx'

interface LinkFormProps {
  readonly hasAccounts: boolean
  readonly onSwitch: (form: AccountForm) => void
}

/** Makes this computer one more device of an account that lives elsewhere. */
export function LinkForm({ hasAccounts, onSwitch }: LinkFormProps) {
  const { t } = useTranslation()
  const settings = useSlice('settings')
  const [code, setCode] = useState('')
  const [deviceName, setDeviceName] = useState(settings.deviceName)
  const [password, setPassword] = useState('')
  const { run, isBusy, error } = useCall('account.linkDevice')
  const isComplete = code.trim() !== '' && password !== '' && deviceName.trim() !== ''

  return (
    <>
      <FormHeading title={t('account.linkTitle')} text={t('account.linkText')} />
      <form
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy && isComplete) void run({ code: code.trim(), password, deviceName: deviceName.trim() })
        }}
      >
        <TextField
          label={t('account.linkingCode')}
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={200}
          required
          value={code}
          onChange={(event) => {
            setCode(event.target.value)
          }}
        />
        <TextField
          label={t('settings.deviceName')}
          maxLength={80}
          required
          value={deviceName}
          onChange={(event) => {
            setDeviceName(event.target.value)
          }}
        />
        <PasswordField
          label={t('account.linkPassword')}
          hint={<StrengthHint level={strengthOf(password, '')} />}
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => {
            setPassword(event.target.value)
          }}
        />
        <ErrorNote error={error} />
        <Button type="submit" variant="primary" isBusy={isBusy} disabled={!isComplete}>
          {t('account.linkAction')}
        </Button>
        {isBusy && (
          <p role="status" className="text-small text-ink-soft">
            {t('account.linkBusy')}
          </p>
        )}
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
