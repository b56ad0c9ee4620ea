import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TextField } from '../components/forms/field.tsx'
import { NewPasswordField } from '../components/forms/new-password-field.tsx'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'
import { EntranceForm, type EntranceProps } from './entrance-form.tsx'

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

  return (
    <EntranceForm
      title={t('account.linkingTitle')}
      text={t('account.linkingText')}
      action={t('account.linkingAction')}
      isReady={code !== '' && password !== '' && deviceName !== ''}
      isBusy={isBusy}
      error={error}
      busyText={t('account.linkingBusy')}
      others={[hasAccounts ? 'signIn' : 'signUp']}
      onSwitch={onSwitch}
      onSubmit={() => void run({ code, password, deviceName })}
    >
      <TextField
        label={t('account.linkingCode')}
        autoFocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={200}
        required
        value={typedCode}
        onChange={setCode}
      />
      <TextField label={t('settings.deviceName')} maxLength={80} required value={typedName} onChange={setDeviceName} />
      <NewPasswordField label={t('account.linkingPassword')} username="" value={password} onChange={setPassword} />
    </EntranceForm>
  )
}
