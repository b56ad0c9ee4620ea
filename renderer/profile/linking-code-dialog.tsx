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
  const link = useSlice('account').current?.link ?? null
  const start = useCall('account.startLinking')
  const cancel = useCall('account.cancelLinking')
  const [hasStarted, setStarted] = useState(false)
  const nowMs = useNow(1_000)

  async function begin(secret: { password: string; recoveryPhrase?: string }): Promise<void> {
    const result = await start.run(secret)
    if (result.ok) setStarted(true)
  }

  async function stop(): Promise<void> {
    // A code that was used or has ended needs no cancelling, and the dialogue closes either way.
    if (link !== null) await cancel.run({})
    onClose()
  }

  if (link === null && !hasStarted) {
    return (
      <PasswordDialog
        title={t('profile.linkTitle')}
        text={t('profile.linkText')}
        action={t('profile.linkShow')}
        needsPhrase={needsPhrase}
        isBusy={start.isBusy}
        error={start.error}
        onConfirm={(secret) => void begin(secret)}
        onClose={onClose}
      />
    )
  }
  return (
    <Dialog
      isOpen
      onClose={() => void stop()}
      title={t('profile.linkTitle')}
      description={link === null ? t('profile.linkOver') : t('profile.linkHow')}
      actions={
        link === null ? (
          <Button variant="primary" onClick={onClose}>
            {t('app.close')}
          </Button>
        ) : (
          <>
            <Button onClick={() => void stop()}>{t('profile.linkCancel')}</Button>
            <CopyButton text={link.code} label={t('profile.linkCopy')} look="primary" size="medium" />
          </>
        )
      }
    >
      {link !== null && (
        <div className="flex flex-col gap-3">
          <p
            aria-label={t('profile.linkingCode')}
            className="forced-edge rounded-control bg-sunken px-4 py-4 text-center font-mono text-title break-words select-all"
          >
            {link.code}
          </p>
          <p className="text-small text-ink-soft">
            {t('profile.linkEnds', { when: formatRelative(link.expiresAtMs, nowMs) })}
          </p>
        </div>
      )}
      <ErrorNote error={start.error ?? cancel.error} />
    </Dialog>
  )
}
