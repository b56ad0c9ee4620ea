import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { formatRelative } from '../locales/format.ts'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'
import { useNow } from '../state/use-now.ts'
import { PasswordDialog } from './password-dialog.tsx'

interface LinkingCodeDialogProps {
  readonly needsPhrase: boolean
  readonly onClose: () => void
}

/** Offers this account to one more computer: the password first, then the code to type there. */
export function LinkingCodeDialog({ needsPhrase, onClose }: LinkingCodeDialogProps) {
  const { t } = useTranslation()
  const linking = useSlice('account').current?.link ?? null
  const start = useCall('account.startLinking')
  const cancel = useCall('account.cancelLinking')
  const [hasStarted, setStarted] = useState(false)
  const nowMs = useNow(1_000)

  async function begin(secret: { password: string; recoveryPhrase?: string }): Promise<void> {
    const result = await start.run(secret)
    if (result.ok) setStarted(true)
  }

  async function stop(): Promise<void> {
    // A code that was used or has ended needs no cancelling, and the dialog closes either way.
    if (linking !== null) await cancel.run({})
    onClose()
  }

  if (linking === null && !hasStarted) {
    return (
      <PasswordDialog
        title={t('profile.linkingTitle')}
        text={t('profile.linkingText')}
        action={t('profile.linkingShow')}
        needsPhrase={needsPhrase}
        isBusy={start.isBusy}
        error={start.error}
        onConfirm={begin}
        onClose={onClose}
      />
    )
  }
  return (
    <Dialog
      isOpen
      onClose={() => void stop()}
      title={t('profile.linkingTitle')}
      description={linking === null ? t('profile.linkingOver') : t('profile.linkingHow')}
      actions={
        linking === null ? (
          <Button variant="primary" onClick={onClose}>
            {t('app.close')}
          </Button>
        ) : (
          <>
            <Button onClick={() => void stop()}>{t('profile.linkingCancel')}</Button>
            <CopyButton text={linking.code} label={t('profile.linkingCopy')} look="primary" size="medium" />
          </>
        )
      }
    >
      {linking !== null && (
        <div className="flex flex-col gap-3">
          <p
            aria-label={t('profile.linkingCode')}
            className="forced-edge rounded-control bg-sunken px-4 py-4 text-center font-mono text-title break-words select-all"
          >
            {linking.code}
          </p>
          <p className="text-small text-ink-soft">
            {t('profile.linkingEnds', { when: formatRelative(linking.expiresAtMs, nowMs) })}
          </p>
        </div>
      )}
      <ErrorNote error={start.error ?? cancel.error} />
    </Dialog>
  )
}
