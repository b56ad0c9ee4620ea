import { useTranslation } from 'react-i18next'
import type { ApiKey } from '../../node/contract/keys.ts'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

/** Asks before a key is ended for good. */
export function RevokeKeyDialog({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const { run, isBusy, error } = useCall('key.revoke')

  async function revoke(): Promise<void> {
    const result = await run({ keyId: apiKey.keyId })
    if (!result.ok) return
    notify(t('keys.revoked', { name: apiKey.name }))
    onClose()
  }

  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      onConfirm={() => void revoke()}
      title={t('keys.revokeTitle', { name: apiKey.name })}
      text={t('keys.revokeText')}
      action={t('keys.revokeAction')}
      isDangerous
      isBusy={isBusy}
      error={error}
    />
  )
}
