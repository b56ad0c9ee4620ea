import { useTranslation } from 'react-i18next'
import { Field, inputStyle } from '../../components/forms/field.tsx'

export const inviteLinkFormId = 'kith-invite-link-form'

interface InviteLinkFormProps {
  readonly link: string
  readonly onChange: (link: string) => void
  readonly onSubmit: () => void
}

/** Where an invite link is pasted. */
export function InviteLinkForm({ link, onChange, onSubmit }: InviteLinkFormProps) {
  const { t } = useTranslation()
  return (
    <form
      id={inviteLinkFormId}
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      <Field label={t('pool.joinLink')}>
        {(wiring) => (
          <textarea
            {...wiring}
            rows={4}
            autoFocus
            spellCheck={false}
            autoComplete="off"
            maxLength={4_000}
            value={link}
            placeholder="kith://join/…"
            className={`${inputStyle} resize-none font-mono text-small break-all`}
            onChange={(event) => {
              onChange(event.target.value)
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              event.currentTarget.form?.requestSubmit()
            }}
          />
        )}
      </Field>
    </form>
  )
}
