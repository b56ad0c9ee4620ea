import { useId, type ReactNode } from 'react'

interface CheckboxProps {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly isChecked: boolean
  readonly isDisabled?: boolean
  /** The mistake of the group that this box is the first of. */
  readonly mistakeId?: string | undefined
  readonly onChange: (isChecked: boolean) => void
}

/** A box to tick, with its words beside it; the whole line can be pressed. */
export function Checkbox({ label, hint, isChecked, isDisabled = false, mistakeId, onChange }: CheckboxProps) {
  const id = useId()
  const hasHint = hint !== undefined
  const described = [mistakeId, hasHint ? `${id}-hint` : undefined].filter((one) => one !== undefined)
  return (
    <div className="flex items-start gap-2.5 py-0.5">
      <input
        id={id}
        type="checkbox"
        checked={isChecked}
        disabled={isDisabled}
        aria-invalid={mistakeId === undefined ? undefined : true}
        aria-describedby={described.length > 0 ? described.join(' ') : undefined}
        className="m-0.5 size-5 shrink-0 accent-accent"
        onChange={(event) => {
          onChange(event.target.checked)
        }}
      />
      <div className="flex min-w-0 flex-col gap-0.5">
        <label htmlFor={id} className="min-h-6 text-body break-words">
          {label}
        </label>
        {hasHint && (
          <span id={`${id}-hint`} className="text-small text-ink-faint">
            {hint}
          </span>
        )}
      </div>
    </div>
  )
}
