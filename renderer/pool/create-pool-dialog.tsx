import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PoolId } from '../../node/contract/ids.ts'
import { TextField } from '../components/forms/field.tsx'
import { FormDialog } from '../components/forms/form-dialog.tsx'
import { nameMistake } from '../components/forms/text-mistakes.ts'
import { useMistakes } from '../components/forms/use-mistakes.ts'
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
  const [name, setName] = useState('')
  const { run, isBusy, error } = useCall('pool.create')
  const mistakes = useMistakes({ name: nameMistake(name, 40) }, { error, fields: { pool_name_invalid: 'name' } })

  async function create(): Promise<void> {
    const result = await run({ name: name.trim() })
    if (!result.ok) return
    void updateSettings({ chatPoolId: result.value.poolId })
    notify(t('pool.created', { name: name.trim() }))
    onMade?.(result.value.poolId)
    onClose()
  }

  return (
    <FormDialog
      title={t('pool.createTitle')}
      description={t('pool.createText')}
      action={t('pool.createAction')}
      isBusy={isBusy}
      error={mistakes.rest}
      onSubmit={mistakes.before(create)}
      onClose={onClose}
    >
      <TextField
        label={t('pool.name')}
        autoComplete="off"
        mistake={mistakes.of('name')}
        value={name}
        onChange={setName}
      />
    </FormDialog>
  )
}
