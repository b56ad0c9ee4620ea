import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { Field, inputStyle } from './field.tsx'

interface SelectFieldProps<V extends string> {
  readonly label: string
  readonly hint?: ReactNode
  readonly value: V
  readonly options: readonly { readonly value: V; readonly label: string }[]
  readonly onChange: (value: V) => void
}

/** A choice out of a few, drawn by the system: the surest list for every way of using a computer. */
export function SelectField<V extends string>({ label, hint, value, options, onChange }: SelectFieldProps<V>) {
  return (
    <Field label={label} hint={hint}>
      {(wiring) => (
        <div className="relative">
          <select
            {...wiring}
            value={value}
            className={`${inputStyle} appearance-none pe-9`}
            onChange={(event) => {
              const chosen = options.find((option) => option.value === event.target.value)
              if (chosen !== undefined) onChange(chosen.value)
            }}
          >
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
          <ChevronDown
            aria-hidden
            size={16}
            className="pointer-events-none absolute end-3 top-1/2 -translate-y-1/2 text-ink-faint"
          />
        </div>
      )}
    </Field>
  )
}
