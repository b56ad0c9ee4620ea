import { PasswordField } from './password-field.tsx'
import { StrengthHint } from './strength-hint.tsx'
import { usePasswordStrength } from './use-password-strength.ts'

interface NewPasswordFieldProps {
  readonly label: string
  /** A password made of the user name is easy to guess. */
  readonly username: string
  readonly mistake: string | null
  readonly value: string
  readonly onChange: (text: string) => void
}

/** A password to be chosen, with a hint how strong it is. The hint forbids nothing: the peer sets the rule. */
export function NewPasswordField({ label, username, mistake, value, onChange }: NewPasswordFieldProps) {
  const level = usePasswordStrength(value, username)
  return (
    <PasswordField
      label={label}
      hint={<StrengthHint level={level} />}
      mistake={mistake}
      autoComplete="new-password"
      required
      value={value}
      onChange={onChange}
    />
  )
}
