import { useTranslation } from 'react-i18next'
import type { OwnDeviceView } from '../../node/contract/accounts.ts'
import { RenameDialog } from '../components/forms/rename-dialog.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

/** Another name for a computer of the account: this one, or one that takes it when it is next connected. */
export function RenameDeviceDialog({
  device,
  onClose,
}: {
  readonly device: OwnDeviceView
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { run, isBusy, error } = useCall('account.renameDevice')

  async function rename(name: string): Promise<void> {
    const result = await run({ deviceId: device.deviceId, name })
    if (!result.ok) return
    onClose()
    notify(t('profile.renamed', { name: result.value.name }))
  }

  return (
    <RenameDialog
      title={t('profile.renameTitle', { name: device.name })}
      label={t('profile.renameLabel')}
      hint={t(device.isSelf || device.isConnected ? 'settings.deviceNameHint' : 'profile.renameLater')}
      name={device.name}
      maxLength={80}
      isBusy={isBusy}
      error={error}
      onRename={(name) => void rename(name)}
      onClose={onClose}
    />
  )
}
