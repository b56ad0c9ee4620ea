import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../node/contract/state.ts'
import { FormDialog } from '../components/forms/form-dialog.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { missing, newPasswordMistake } from '../components/forms/text-mistakes.ts'
import { useMistakes } from '../components/forms/use-mistakes.ts'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

/** Writes the pool's key and records to a file, locked with a password of its own. Only the account's owner may. */
export function BackUpDialog({ pool, onClose }: { readonly pool: Pool; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const [backupPassword, setBackupPassword] = useState('')
  const backUp = useCall('pool.backUp')
  const save = useCall('host.saveText')
  const mistakes = useMistakes(
    { password: missing(password), backupPassword: newPasswordMistake(backupPassword) },
    { error: backUp.error ?? save.error, fields: { password_wrong: 'password', password_too_short: 'backupPassword' } },
  )

  async function make(): Promise<void> {
    const made = await backUp.run({ poolId: pool.poolId, password, backupPassword })
    if (!made.ok) return
    const saved = await save.run({ fileName: `${pool.name}.kith-pool`, text: made.value.text })
    if (!saved.ok || saved.value.path === null) return
    onClose()
    notify(t('pool.backUpDone', { pool: pool.name }))
  }

  return (
    <FormDialog
      title={t('pool.backUpTitle', { pool: pool.name })}
      description={t('pool.backUpText')}
      action={t('pool.backUpAction')}
      isBusy={backUp.isBusy || save.isBusy}
      error={mistakes.rest}
      onSubmit={mistakes.before(make)}
      onClose={onClose}
    >
      <PasswordField
        label={t('pool.backUpOwnPassword')}
        autoComplete="current-password"
        mistake={mistakes.of('password')}
        value={password}
        onChange={setPassword}
      />
      <PasswordField
        label={t('pool.backUpPassword')}
        hint={t('pool.backUpPasswordHint')}
        autoComplete="new-password"
        mistake={mistakes.of('backupPassword')}
        value={backupPassword}
        onChange={setBackupPassword}
      />
    </FormDialog>
  )
}
