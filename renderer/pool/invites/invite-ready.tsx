import { QRCodeSVG } from 'qrcode.react'
import { useTranslation } from 'react-i18next'
import type { Invite } from '../../../node/contract/state.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { TextArea } from '../../components/forms/text-area.tsx'

/** The link of a new invite, to copy and send. */
export function InviteReady({ invite, onClose }: { readonly invite: Invite; readonly onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('pool.inviteReady')}
      description={t('pool.inviteReadyText')}
      actions={
        <>
          <Button onClick={onClose}>{t('pool.inviteDone')}</Button>
          <CopyButton text={invite.link} label={t('pool.copyLink')} look="primary" size="medium" />
        </>
      }
    >
      <div className="flex flex-wrap items-start gap-5">
        {/* Dark on light in both themes: cameras read nothing else. */}
        <QRCodeSVG
          value={invite.link}
          title={t('pool.inviteQr')}
          level="L"
          marginSize={3}
          size={232}
          className="shrink-0 rounded-control bg-white"
        />
        <p className="min-w-48 flex-1 text-small text-ink-soft">{t('pool.inviteQrText')}</p>
      </div>
      <TextArea label={t('pool.inviteLink')} isOneWord rows={4} value={invite.link} />
    </Dialog>
  )
}
