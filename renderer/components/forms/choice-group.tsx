import { RadioGroup } from 'radix-ui'
import { useId } from 'react'
import { Mistake, mistakeIdOf } from './mistake.tsx'

interface ChoiceGroupProps<V extends string> {
  readonly label: string
  readonly hint?: string
  readonly mistake?: string | null
  readonly value: V
  readonly options: readonly { readonly value: V; readonly label: string }[]
  readonly onChange: (value: V) => void
}

/** A few choices side by side, of which one is taken. */
export function ChoiceGroup<V extends string>({
  label,
  hint,
  mistake = null,
  value,
  options,
  onChange,
}: ChoiceGroupProps<V>) {
  const id = useId()
  const described = [mistake !== null && mistakeIdOf(id), hint !== undefined && `${id}-hint`].filter(
    (one) => one !== false,
  )
  return (
    <div className="flex flex-col gap-2">
      <span id={id} className="text-small font-medium">
        {label}
      </span>
      <RadioGroup.Root
        aria-labelledby={id}
        aria-describedby={described.length > 0 ? described.join(' ') : undefined}
        aria-invalid={mistake === null ? undefined : true}
        value={value}
        onValueChange={(next) => {
          const chosen = options.find((option) => option.value === next)
          if (chosen !== undefined) onChange(chosen.value)
        }}
        className="flex w-fit max-w-full flex-wrap gap-1 rounded-control bg-sunken p-1"
      >
        {options.map((option) => (
          <RadioGroup.Item
            key={option.value}
            value={option.value}
            className="min-h-8 rounded-lg px-3 text-small font-medium text-ink-soft transition-colors hover:text-ink data-[state=checked]:bg-raised data-[state=checked]:text-ink data-[state=checked]:shadow-soft"
          >
            {option.label}
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      {mistake !== null && <Mistake id={mistakeIdOf(id)} text={mistake} />}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-small text-ink-faint">
          {hint}
        </p>
      )}
    </div>
  )
}
