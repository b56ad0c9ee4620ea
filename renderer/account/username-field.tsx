import { useTranslation } from 'react-i18next'
import { TextField } from '../components/forms/field.tsx'

interface UsernameFieldProps {
  readonly value: string
  readonly onChange: (text: string) => void
  readonly hint?: string
  readonly mistake: string | null
  readonly autoFocus?: boolean
}

/** The user name of an account. */
export function UsernameField({ value, onChange, hint, mistake, autoFocus = false }: UsernameFieldProps) {
  const { t } = useTranslation()
  return (
    <TextField
      label={t('account.username')}
      hint={hint}
      mistake={mistake}
      name="username"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={1_000}
      required
      autoFocus={autoFocus}
      value={value}
      onChange={onChange}
    />
  )
}
