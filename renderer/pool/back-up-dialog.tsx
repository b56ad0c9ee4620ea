import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../node/contract/state.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

/** Writes the pool's key and records to a file, locked with a password of its own. */
export function BackUpDialog({ pool, onClose }: { readonly pool: Pool; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const formId = useId()
  const [password, setPassword] = useState('')
  const backUp = useCall('pool.backUp')
  const save = useCall('host.saveText')
  const isBusy = backUp.isBusy || save.isBusy

  async function make(): Promise<void> {
    const made = await backUp.run({ poolId: pool.poolId, password })
    if (!made.ok) return
    const saved = await save.run({ fileName: `${pool.name}.kith-pool`, text: made.value.text })
    if (!saved.ok || saved.value.path === null) return
    onClose()
    notify(t('pool.backUpDone', { pool: pool.name }))
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('pool.backUpTitle', { pool: pool.name })}
      description={t('pool.backUpText')}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={isBusy} disabled={password === ''}>
            {t('pool.backUpAction')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy && password !== '') void make()
        }}
      >
        <PasswordField
          label={t('pool.backUpPassword')}
          hint={t('pool.backUpPasswordHint')}
          autoComplete="new-password"
          autoFocus
          value={password}
          onChange={(event) => {
            setPassword(event.target.value)
          }}
        />
        <ErrorNote error={backUp.error ?? save.error} />
      </form>
    </Dialog>
  )
}
