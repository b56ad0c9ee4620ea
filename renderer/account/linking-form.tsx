import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TextField } from '../components/forms/field.tsx'
import { missing, nameMistake, newPasswordMistake } from '../components/forms/text-mistakes.ts'
import { NewPasswordField } from '../components/forms/new-password-field.tsx'
import { useMistakes } from '../components/forms/use-mistakes.ts'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'
import { EntranceForm, type EntranceProps } from './entrance-form.tsx'

const maxDeviceName = 80

/** Makes this computer one more device of an account that lives elsewhere. */
export function LinkingForm({ hasAccounts, onSwitch }: EntranceProps) {
  const { t } = useTranslation()
  const settings = useSlice('settings')
  const [typedCode, setCode] = useState('')
  const [typedName, setDeviceName] = useState(settings.deviceName)
  const [password, setPassword] = useState('')
  const { run, isBusy, error } = useCall('account.linkDevice')
  const code = typedCode.trim()
  const deviceName = typedName.trim()
  const mistakes = useMistakes(
    {
      code: missing(typedCode),
      deviceName: nameMistake(typedName, maxDeviceName),
      password: newPasswordMistake(password),
    },
    {
      error,
      fields: { link_code_malformed: 'code', link_code_expired: 'code', password_too_short: 'password' },
    },
  )

  async function link(): Promise<void> {
    await run({ code, password, deviceName })
  }

  return (
    <EntranceForm
      title={t('account.linkingTitle')}
      text={t('account.linkingText')}
      action={t('account.linkingAction')}
      isBusy={isBusy}
      error={mistakes.rest}
      busyText={t('account.linkingBusy')}
      others={[hasAccounts ? 'signIn' : 'signUp']}
      onSwitch={onSwitch}
      onSubmit={mistakes.before(link)}
    >
      <TextField
        label={t('account.linkingCode')}
        autoFocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={1_000}
        required
        mistake={mistakes.of('code')}
        value={typedCode}
        onChange={setCode}
      />
      <TextField
        label={t('settings.deviceName')}
        required
        mistake={mistakes.of('deviceName')}
        value={typedName}
        onChange={setDeviceName}
      />
      <NewPasswordField
        label={t('account.linkingPassword')}
        username=""
        mistake={mistakes.of('password')}
        value={password}
        onChange={setPassword}
      />
    </EntranceForm>
  )
}
