import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { useCall } from '../state/use-call.ts'
import { askToOpen, useAskedLink } from '../state/web-link.ts'

/** Shows a whole address before it is opened outside of Kith. */
export function WebLinkDialog() {
  const { t } = useTranslation()
  const { url } = useAskedLink()
  const { run, isBusy, error, clearError } = useCall('host.openLink')

  function close(): void {
    clearError()
    askToOpen(null)
  }

  async function open(): Promise<void> {
    if (url === null) return
    const result = await run({ url })
    if (result.ok) close()
  }

  return (
    <ConfirmDialog
      isOpen={url !== null}
      onClose={close}
      onConfirm={() => void open()}
      title={t('chat.linkTitle')}
      text={
        <>
          <p>{t('chat.linkText')}</p>
          <p className="mt-3 rounded-control bg-sunken px-3 py-2 font-mono text-small break-all text-ink">{url}</p>
        </>
      }
      action={t('chat.linkAction')}
      isBusy={isBusy}
      error={error}
    />
  )
}
