import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PoolId } from '../../node/contract/ids.ts'
import { Button } from '../components/button.tsx'
import { FormDialog } from '../components/forms/form-dialog.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

interface RestorePoolDialogProps {
  readonly onClose: () => void
  readonly onRestored: (poolId: PoolId) => void
}

/** Takes a pool over from its backup: this computer looks after it from then on. */
export function RestorePoolDialog({ onClose, onRestored }: RestorePoolDialogProps) {
  const { t } = useTranslation()
  const [text, setText] = useState<string | null>(null)
  const [password, setPassword] = useState('')
  const open = useCall('host.openText')
  const restore = useCall('pool.restore')

  async function choose(): Promise<void> {
    const chosen = await open.run({})
    if (chosen.ok && chosen.value.text !== null) setText(chosen.value.text)
  }

  async function doRestore(): Promise<void> {
    if (text === null) return
    const result = await restore.run({ text, password })
    if (!result.ok) return
    onRestored(result.value.poolId)
    onClose()
    notify(t('pool.restoreDone'))
  }

  return (
    <FormDialog
      title={t('pool.restoreTitle')}
      description={t('pool.restoreText')}
      action={t('pool.restoreAction')}
      isReady={text !== null && password !== ''}
      isBusy={restore.isBusy}
      error={open.error ?? restore.error}
      onSubmit={() => void doRestore()}
      onClose={onClose}
    >
      <div className="flex flex-wrap items-center gap-3">
        <Button isBusy={open.isBusy} onClick={() => void choose()}>
          {t('pool.restoreChoose')}
        </Button>
        <p role="status" className="text-small text-ink-soft">
          {text === null ? t('pool.restoreNoFile') : t('pool.restoreFile')}
        </p>
      </div>
      <PasswordField
        label={t('pool.backUpPassword')}
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
    </FormDialog>
  )
}
