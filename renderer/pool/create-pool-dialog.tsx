import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PoolId } from '../../node/contract/ids.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { TextField } from '../components/forms/field.tsx'
import { notify } from '../state/notices.ts'
import { updateSettings } from '../state/settings.ts'
import { useCall } from '../state/use-call.ts'

interface CreatePoolDialogProps {
  readonly onClose: () => void
  readonly onMade?: (poolId: PoolId) => void
}

/** Starts a pool. */
export function CreatePoolDialog({ onClose, onMade }: CreatePoolDialogProps) {
  const { t } = useTranslation()
  const formId = useId()
  const [name, setName] = useState('')
  const { run, isBusy, error } = useCall('pool.create')

  async function create(): Promise<void> {
    const result = await run({ name: name.trim() })
    if (!result.ok) return
    void updateSettings({ chatPoolId: result.value.poolId })
    notify(t('pool.created', { name: name.trim() }))
    onMade?.(result.value.poolId)
    onClose()
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('pool.createTitle')}
      description={t('pool.createText')}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={isBusy} disabled={name.trim() === ''}>
            {t('pool.createAction')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void create()
        }}
      >
        <TextField
          label={t('pool.name')}
          autoFocus
          autoComplete="off"
          maxLength={40}
          value={name}
          onChange={(event) => {
            setName(event.target.value)
          }}
        />
        <ErrorNote error={error} />
      </form>
    </Dialog>
  )
}
