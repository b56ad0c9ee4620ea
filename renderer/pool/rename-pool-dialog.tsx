import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../node/contract/state.ts'
import { TextField } from '../components/forms/field.tsx'
import { FormDialog } from '../components/forms/form-dialog.tsx'
import { nameMistake } from '../components/forms/text-mistakes.ts'
import { useMistakes } from '../components/forms/use-mistakes.ts'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

/** Another name for a pool; its members see it too. */
export function RenamePoolDialog({ pool, onClose }: { readonly pool: Pool; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState(pool.name)
  const { run, isBusy, error } = useCall('pool.rename')
  const mistakes = useMistakes({ name: nameMistake(name, 40) }, { error, fields: { pool_name_invalid: 'name' } })

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
      isReady={name.trim() !== pool.name}
      isBusy={isBusy}
      error={mistakes.rest}
      onSubmit={mistakes.before(rename)}
      onClose={onClose}
    >
      <TextField
        label={t('pool.name')}
        hint={t('pool.renameHint')}
        mistake={mistakes.of('name')}
        value={name}
        onChange={setName}
      />
    </FormDialog>
  )
}
