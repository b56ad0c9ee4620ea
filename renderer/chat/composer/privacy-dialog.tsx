import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { formatList } from '../../locales/format.ts'
import { updateSettings } from '../../state/settings.ts'
import { ask } from './ask.ts'
import { setDraft } from './drafts.ts'
import { holdForPrivacy, usePrivacy } from './privacy-store.ts'

/** Says once, before the first question to another person's computer, who could read it. */
export function PrivacyDialog() {
  const { t } = useTranslation()
  const { held } = usePrivacy()

  function cancel(): void {
    // What was typed goes back where it was.
    if (held !== null) setDraft(held.input.chatId, held.input.text)
    holdForPrivacy(null)
  }

  function accept(): void {
    if (held === null) return
    void updateSettings({ hasReadPrivacyNote: true })
    void ask(held.input)
    holdForPrivacy(null)
  }

  return (
    <ConfirmDialog
      isOpen={held !== null}
      onClose={cancel}
      onConfirm={accept}
      title={t('chat.privacyTitle')}
      text={
        <>
          <p>{t('chat.privacyText', { names: formatList(held?.readers ?? []) })}</p>
          <p className="mt-3 font-medium text-ink">{t('chat.privacyAdvice')}</p>
        </>
      }
      action={t('chat.privacyAccept')}
    />
  )
}
