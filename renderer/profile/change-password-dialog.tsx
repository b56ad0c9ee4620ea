import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { strengthOf } from '../components/forms/password-strength.ts'
import { StrengthHint } from '../components/forms/strength-hint.tsx'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { ErrorNote } from '../components/error-note.tsx'
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
  const formId = useId()
  const [password, setPassword] = useState('')
  const [newPassword, setNewPassword] = useState('')
  const { run, isBusy, error } = useCall('account.changePassword')
  const isReady = password !== '' && newPassword !== ''

  async function change(): Promise<void> {
    const result = await run({ password, newPassword })
    if (!result.ok) return
    onClose()
    notify(t('profile.passwordChanged'))
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('profile.changePassword')}
      description={t('profile.changePasswordText')}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={isBusy} disabled={!isReady}>
            {t('profile.changePassword')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy && isReady) void change()
        }}
      >
        <input type="hidden" name="username" autoComplete="username" value={username} />
        <PasswordField
          label={t('profile.passwordNow')}
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={(event) => {
            setPassword(event.target.value)
          }}
        />
        <PasswordField
          label={t('account.newPassword')}
          hint={<StrengthHint level={strengthOf(newPassword, username)} />}
          autoComplete="new-password"
          value={newPassword}
          onChange={(event) => {
            setNewPassword(event.target.value)
          }}
        />
        <ErrorNote error={error} />
      </form>
    </Dialog>
  )
}
