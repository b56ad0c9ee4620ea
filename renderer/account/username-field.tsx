import { useTranslation } from 'react-i18next'
import { TextField } from '../components/forms/field.tsx'

interface UsernameFieldProps {
  readonly value: string
  readonly onChange: (text: string) => void
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
      onChange={onChange}
    />
  )
}
