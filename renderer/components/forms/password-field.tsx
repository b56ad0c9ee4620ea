import { Eye, EyeOff } from 'lucide-react'
import { useState, type ComponentProps, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Field, inputStyle } from './field.tsx'
import { IconButton } from '../icon-button.tsx'

type PasswordFieldProps = Omit<ComponentProps<'input'>, 'type' | 'id' | 'className' | 'autoComplete'> & {
  readonly label: string
  readonly hint?: ReactNode
  readonly autoComplete: 'current-password' | 'new-password'
}

/** A password that can be shown; pasting is allowed. */
export function PasswordField({ label, hint, ...rest }: PasswordFieldProps) {
  const { t } = useTranslation()
  const [isShown, setShown] = useState(false)
  return (
    <Field label={label} hint={hint}>
      {(wiring) => (
        <div className="relative">
          <input
            {...wiring}
            {...rest}
            type={isShown ? 'text' : 'password'}
            spellCheck={false}
            autoCapitalize="none"
            maxLength={1_000}
            className={`${inputStyle} pe-11`}
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
