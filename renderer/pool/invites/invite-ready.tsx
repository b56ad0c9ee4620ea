import { FileDown } from 'lucide-react'
import { QRCodeSVG } from 'qrcode.react'
import { useTranslation } from 'react-i18next'
import type { Invite } from '../../../node/contract/state.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Disclosure } from '../../components/disclosure.tsx'
import { ErrorNote } from '../../components/error-note.tsx'
import { TextArea } from '../../components/forms/text-area.tsx'
import { notify } from '../../state/notices.ts'
import { useCall } from '../../state/use-call.ts'

/** The link of a new invite, to copy and send, or to save as a page that any browser opens. */
export function InviteReady({ invite, onClose }: { readonly invite: Invite; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const page = useCall('pool.invitePage')
  const save = useCall('host.saveText')

  async function savePage(): Promise<void> {
    const made = await page.run({ link: invite.link })
    const saved = made.ok ? await save.run(made.value) : null
    if (saved?.ok === true && saved.value.path !== null) notify(t('pool.invitePageSaved'))
  }

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
      <TextArea label={t('pool.inviteLink')} isOneWord rows={4} value={invite.link} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button
          icon={<FileDown aria-hidden size={17} />}
          isBusy={page.isBusy || save.isBusy}
          onClick={() => void savePage()}
        >
          {t('pool.invitePage')}
        </Button>
        <p className="min-w-48 flex-1 text-small text-ink-soft">{t('pool.invitePageText')}</p>
      </div>
      <ErrorNote error={page.error ?? save.error} />
      <Disclosure label={t('pool.inviteQrShow')}>
        <div className="flex flex-wrap items-start gap-5">
          {/* Dark on light in both themes: cameras read nothing else. */}
          <QRCodeSVG
            value={invite.link}
            title={t('pool.inviteQr')}
            level="L"
            marginSize={3}
            size={200}
            className="shrink-0 rounded-control bg-white"
          />
          <p className="min-w-48 flex-1 text-small text-ink-soft">{t('pool.inviteQrText')}</p>
        </div>
      </Disclosure>
    </Dialog>
  )
}
