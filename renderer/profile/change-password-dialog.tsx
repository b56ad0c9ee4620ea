import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormDialog } from '../components/forms/form-dialog.tsx'
import { missing, newPasswordMistake } from '../components/forms/text-mistakes.ts'
import { useMistakes } from '../components/forms/use-mistakes.ts'
import { NewPasswordField } from '../components/forms/new-password-field.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

interface ChangePasswordDialogProps {
  readonly username: string
  readonly onClose: () => void
}

/** Another password for this account on this computer. */
export function ChangePasswordDialog({ username, onClose }: ChangePasswordDialogProps) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const [newPassword, setNewPassword] = useState('')
  const { run, isBusy, error } = useCall('account.changePassword')
  const mistakes = useMistakes(
    { password: missing(password), newPassword: newPasswordMistake(newPassword) },
    { error, fields: { password_wrong: 'password', password_too_short: 'newPassword' } },
  )

  async function change(): Promise<void> {
    const result = await run({ password, newPassword })
    if (!result.ok) return
    onClose()
    notify(t('profile.passwordChanged'))
  }

  return (
    <FormDialog
      title={t('profile.changePassword')}
      description={t('profile.changePasswordText')}
      action={t('profile.changePassword')}
      isBusy={isBusy}
      error={mistakes.rest}
      onSubmit={mistakes.before(change)}
      onClose={onClose}
    >
      <input type="hidden" name="username" autoComplete="username" value={username} />
      <PasswordField
        label={t('profile.passwordNow')}
        autoComplete="current-password"
        mistake={mistakes.of('password')}
        value={password}
        onChange={setPassword}
      />
      <NewPasswordField
        label={t('account.newPassword')}
        username={username}
        mistake={mistakes.of('newPassword')}
        value={newPassword}
        onChange={setNewPassword}
      />
    </FormDialog>
  )
}
