import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../icon-button.tsx'
import { Field, inputStyle, type TypedFieldProps } from './field.tsx'
import { useLengthLimit } from './use-length-limit.ts'

const maxPasswordLength = 1_000

type PasswordFieldProps = Omit<TypedFieldProps<'input'>, 'type' | 'autoComplete'> & {
  /** `off` for a secret that is no password of this computer's. */
  readonly autoComplete: 'current-password' | 'new-password' | 'off'
}

/** A password that can be shown; pasting is allowed. */
export function PasswordField({ label, hint, mistake, className, onChange, ...rest }: PasswordFieldProps) {
  const { t } = useTranslation()
  const [isShown, setShown] = useState(false)
  const { marks, tooLong } = useLengthLimit(rest.value, maxPasswordLength)
  return (
    <Field label={label} hint={hint} mistake={mistake ?? tooLong} className={className}>
      {(wiring) => (
        <div className="relative">
          <input
            {...wiring}
            {...rest}
            type={isShown ? 'text' : 'password'}
            spellCheck={false}
            autoCapitalize="none"
            {...marks}
            className={`${inputStyle} pe-11`}
            onChange={(event) => onChange?.(event.target.value)}
          />
          <IconButton
            label={isShown ? t('account.hidePassword') : t('account.showPassword')}
            aria-pressed={isShown}
            icon={isShown ? <EyeOff aria-hidden size={17} /> : <Eye aria-hidden size={17} />}
            className="absolute end-1 top-1"
            onClick={() => {
              setShown((shown) => !shown)
            }}
          />
        </div>
      )}
    </Field>
  )
}
