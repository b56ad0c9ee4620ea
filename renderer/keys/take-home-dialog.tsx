import { useTranslation } from 'react-i18next'
import type { ApiKey } from '../../node/contract/keys.ts'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'
import { useDeviceName } from './use-device-name.ts'

/** Moves the counting of a key's limits to this computer. */
export function TakeHomeDialog({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const machine = useDeviceName(apiKey.homeDeviceId) ?? t('keys.homeUnknown')
  const { run, isBusy, error } = useCall('key.takeHome')

  async function take(): Promise<void> {
    const result = await run({ keyId: apiKey.keyId })
    if (!result.ok) return
    notify(t('keys.takenHome', { name: apiKey.name }))
    onClose()
  }

  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      onConfirm={() => void take()}
      title={t('keys.takeHomeTitle', { name: apiKey.name })}
      text={t('keys.takeHomeText', { machine })}
      action={t('keys.takeHomeAction')}
      isBusy={isBusy}
      error={error}
    />
  )
}
