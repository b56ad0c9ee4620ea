import { useTranslation } from 'react-i18next'
import { maxInviteText } from '../../../node/contract/invite-text.ts'
import { TextArea } from '../../components/forms/text-area.tsx'

interface InviteLinkFieldProps {
  readonly link: string
  readonly mistake: string | null
  readonly onChange: (link: string) => void
}

/** Where an invite link is pasted, or the whole message with it. Enter sends, since a link has one line. */
export function InviteLinkField({ link, mistake, onChange }: InviteLinkFieldProps) {
  const { t } = useTranslation()
  return (
    <TextArea
      label={t('pool.joinLink')}
      isOneWord
      mistake={mistake}
      rows={4}
      autoFocus
      maxLength={maxInviteText}
      placeholder="kith://join/…"
      value={link}
      onChange={onChange}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return
        event.preventDefault()
        event.currentTarget.form?.requestSubmit()
      }}
    />
  )
}
