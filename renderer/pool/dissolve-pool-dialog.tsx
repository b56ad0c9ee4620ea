import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../node/contract/state.ts'
import { FormDialog } from '../components/forms/form-dialog.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

/** Ends a pool for everybody, after saying what that means for whom. */
export function DissolvePoolDialog({ pool, onClose }: { readonly pool: Pool; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const { run, isBusy, error } = useCall('pool.dissolve')
  const others = pool.members.filter(({ isSelf }) => !isSelf).length

  async function dissolve(): Promise<void> {
    const result = await run({ poolId: pool.poolId, password })
    if (!result.ok) return
    onClose()
    notify(t('pool.dissolveDone', { pool: pool.name }))
  }

  return (
    <FormDialog
      title={t('pool.dissolveTitle', { pool: pool.name })}
      description={
        <>
          <p>{t('pool.dissolveWhom', { count: others })}</p>
          <p className="mt-2">{t('pool.dissolveText')}</p>
        </>
      }
      action={t('pool.dissolveAction')}
      isDangerous
      isReady={password !== ''}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void dissolve()}
      onClose={onClose}
    >
      <PasswordField
        label={t('pool.ownPassword')}
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
    </FormDialog>
  )
}
