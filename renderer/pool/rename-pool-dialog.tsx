import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../node/contract/state.ts'
import { TextField } from '../components/forms/field.tsx'
import { FormDialog } from '../components/forms/form-dialog.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

/** Another name for a pool; its members see it too. */
export function RenamePoolDialog({ pool, onClose }: { readonly pool: Pool; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState(pool.name)
  const { run, isBusy, error } = useCall('pool.rename')

  async function rename(): Promise<void> {
    const result = await run({ poolId: pool.poolId, name: name.trim() })
    if (!result.ok) return
    onClose()
    notify(t('pool.renameDone', { pool: name.trim() }))
  }

  return (
    <FormDialog
      title={t('pool.renameTitle')}
      action={t('app.save')}
      isReady={name.trim() !== '' && name.trim() !== pool.name}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void rename()}
      onClose={onClose}
    >
      <TextField label={t('pool.name')} hint={t('pool.renameHint')} maxLength={40} value={name} onChange={setName} />
    </FormDialog>
  )
}
