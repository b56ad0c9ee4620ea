import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PoolId } from '../../node/contract/ids.ts'
import { Button } from '../components/button.tsx'
import { FormDialog } from '../components/forms/form-dialog.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { missing } from '../components/forms/text-mistakes.ts'
import { Mistake } from '../components/forms/mistake.tsx'
import { useMistakes } from '../components/forms/use-mistakes.ts'
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
  const fileMistakeId = useId()
  const mistakes = useMistakes(
    { file: text === null ? t('pool.restoreNoFile') : null, password: missing(password) },
    {
      error: open.error ?? restore.error,
      fields: { backup_malformed: 'file', backup_outdated: 'file', backup_password_wrong: 'password' },
    },
  )
  const fileMistake = mistakes.of('file')

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
      isBusy={restore.isBusy}
      error={mistakes.rest}
      onSubmit={mistakes.before(doRestore)}
      onClose={onClose}
    >
      <div className="flex flex-wrap items-center gap-3">
        <Button
          isBusy={open.isBusy}
          // A button cannot be invalid, but can be where the mistake is.
          data-mistake={fileMistake === null ? undefined : true}
          aria-describedby={fileMistake === null ? undefined : fileMistakeId}
          onClick={() => void choose()}
        >
          {t('pool.restoreChoose')}
        </Button>
        {fileMistake === null ? (
          <p role="status" className="text-small text-ink-soft">
            {text === null ? t('pool.restoreNoFile') : t('pool.restoreFile')}
          </p>
        ) : (
          <Mistake id={fileMistakeId} text={fileMistake} />
        )}
      </div>
      <PasswordField
        label={t('pool.backUpPassword')}
        autoComplete="current-password"
        mistake={mistakes.of('password')}
        value={password}
        onChange={setPassword}
      />
    </FormDialog>
  )
}
