import { useId, type ComponentProps, type ReactNode } from 'react'
import { classNames } from '../class-names.ts'

export const inputStyle =
  'w-full min-h-10 rounded-control border border-edge bg-surface px-3 py-2 text-body text-ink transition-shadow ' +
  'focus-visible:outline-2 focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-danger'

interface FieldProps {
  readonly label: string
  readonly hint?: ReactNode
  readonly children: (wiring: { readonly id: string; readonly 'aria-describedby': string | undefined }) => ReactNode
  readonly className?: string
}

/** A label, a control and a hint, tied together. */
export function Field({ label, hint, children, className }: FieldProps) {
  const id = useId()
  const hintId = `${id}-hint`
  const hasHint = hint !== undefined && hint !== null
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="text-small font-medium text-ink">
        {label}
      </label>
      {children({ id, 'aria-describedby': hasHint ? hintId : undefined })}
      {hasHint && (
        <div id={hintId} className="text-small text-ink-faint">
          {hint}
        </div>
      )}
    </div>
  )
}

type TextFieldProps = Omit<ComponentProps<'input'>, 'id' | 'className'> &
  Pick<FieldProps, 'label' | 'hint' | 'className'>

/** A line of text with its label. */
export function TextField({ label, hint, className, ...rest }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} className={className}>
      {(wiring) => <input {...wiring} type="text" {...rest} className={inputStyle} />}
    </Field>
  )
}
