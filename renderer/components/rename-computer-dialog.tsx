import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DeviceId } from '../../node/contract/ids.ts'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'
import { TextField } from './forms/field.tsx'
import { FormDialog } from './forms/form-dialog.tsx'
import { nameMistake } from './forms/text-mistakes.ts'
import { useMistakes } from './forms/use-mistakes.ts'

interface RenameComputerDialogProps {
  readonly deviceId: DeviceId
  readonly name: string
  /** Whether it takes the name at once: it is this computer, or connected. */
  readonly isReached: boolean
  readonly onClose: () => void
}

/** Another name for a computer of the account, which everybody in its pools sees. */
export function RenameComputerDialog({ deviceId, name, isReached, onClose }: RenameComputerDialogProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(name)
  const { run, isBusy, error } = useCall('account.renameDevice')
  const mistakes = useMistakes({ name: nameMistake(typed, 80) }, { error, fields: {} })

  async function rename(): Promise<void> {
    const result = await run({ deviceId, name: typed.trim() })
    if (!result.ok) return
    onClose()
    notify(t('profile.renamed', { name: result.value.name }))
  }

  return (
    <FormDialog
      title={t('profile.renameTitle', { name })}
      action={t('app.save')}
      isReady={typed.trim() !== name}
      isBusy={isBusy}
      error={mistakes.rest}
      onSubmit={mistakes.before(rename)}
      onClose={onClose}
    >
      <TextField
        label={t('profile.renameLabel')}
        hint={t(isReached ? 'settings.deviceNameHint' : 'profile.renameLater')}
        mistake={mistakes.of('name')}
        value={typed}
        onChange={setTyped}
      />
    </FormDialog>
  )
}
