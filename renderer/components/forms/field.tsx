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

/** What every field that is typed in takes: an element's own properties, and the text that was typed. */
export type TypedFieldProps<E extends 'input' | 'textarea'> = Omit<
  ComponentProps<E>,
  'id' | 'className' | 'value' | 'onChange'
> &
  Pick<FieldProps, 'label' | 'hint' | 'className'> & {
    readonly value: string
    readonly onChange?: (text: string) => void
  }

/** A line of text with its label. */
export function TextField({ label, hint, className, onChange, ...rest }: TypedFieldProps<'input'>) {
  return (
    <Field label={label} hint={hint} className={className}>
      {(wiring) => (
        <input
          {...wiring}
          type="text"
          {...rest}
          className={inputStyle}
          onChange={(event) => onChange?.(event.target.value)}
        />
      )}
    </Field>
  )
}
