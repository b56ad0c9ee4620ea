import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { TextField } from '../components/forms/field.tsx'

interface UsernameFieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly hint?: string
  readonly autoFocus?: boolean
}

/** The user name of an account. */
export function UsernameField({ value, onChange, hint, autoFocus = false }: UsernameFieldProps) {
  const { t } = useTranslation()
  return (
    <TextField
      label={t('account.username')}
      hint={hint}
      name="username"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={200}
      required
      autoFocus={autoFocus}
      value={value}
      onChange={(event) => {
        onChange(event.target.value)
      }}
    />
  )
}

/** A way to another form, as words to press. */
export function SwitchLink({ children, onClick }: { readonly children: ReactNode; readonly onClick: () => void }) {
  return (
    <button
      type="button"
      className="min-h-8 rounded-lg text-small font-medium text-accent-ink underline decoration-accent/40 underline-offset-4 hover:decoration-accent"
      onClick={onClick}
    >
      {children}
    </button>
  )
}

export function FormHeading({ title, text }: { readonly title: string; readonly text?: string }) {
  return (
    <div className="flex flex-col gap-1.5">
      <h2 className="text-title font-semibold">{title}</h2>
      {text !== undefined && <p className="text-small text-ink-soft">{text}</p>}
    </div>
  )
}
