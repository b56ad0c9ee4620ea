import { useTranslation } from 'react-i18next'
import type { Machine } from '../../../node/contract/state.ts'
import { RenameDialog } from '../../components/forms/rename-dialog.tsx'
import { notify } from '../../state/notices.ts'
import { useCall } from '../../state/use-call.ts'

/** Another name for one of the reader's own computers, which everybody in the pool sees. */
export function RenameMachineDialog({ machine, onClose }: { readonly machine: Machine; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const { run, isBusy, error } = useCall('account.renameDevice')
  const isReached = machine.isSelf || machine.connection === 'admitted'

  async function rename(name: string): Promise<void> {
    const result = await run({ deviceId: machine.deviceId, name })
    if (!result.ok) return
    onClose()
    notify(t('profile.renamed', { name: result.value.name }))
  }

  return (
    <RenameDialog
      title={t('profile.renameTitle', { name: machine.name })}
      label={t('profile.renameLabel')}
      hint={t(isReached ? 'settings.deviceNameHint' : 'profile.renameLater')}
      name={machine.name}
      maxLength={80}
      isBusy={isBusy}
      error={error}
      onRename={(name) => void rename(name)}
      onClose={onClose}
    />
  )
}
