import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../node/contract/state.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { TextField } from '../components/forms/field.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

/** Another name for a pool; its members see it too. */
export function RenamePoolDialog({ pool, onClose }: { readonly pool: Pool; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const formId = useId()
  const [name, setName] = useState(pool.name)
  const { run, isBusy, error } = useCall('pool.rename')
  const isChanged = name.trim() !== '' && name.trim() !== pool.name

  async function rename(): Promise<void> {
    const result = await run({ poolId: pool.poolId, name: name.trim() })
    if (!result.ok) return
    onClose()
    notify(t('pool.renameDone', { pool: name.trim() }))
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('pool.renameTitle')}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={isBusy} disabled={!isChanged}>
            {t('app.save')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy && isChanged) void rename()
        }}
      >
        <TextField
          label={t('pool.name')}
          hint={t('pool.renameHint')}
          autoFocus
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
