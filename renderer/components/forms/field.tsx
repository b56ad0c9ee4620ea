import { useId, type ComponentProps, type ReactNode } from 'react'
import { classNames } from '../class-names.ts'
import { Mistake, mistakeIdOf } from './mistake.tsx'
import { useLengthLimit } from './use-length-limit.ts'

export const inputStyle =
  'w-full min-h-10 rounded-control border border-edge bg-surface px-3 py-2 text-body text-ink transition-shadow ' +
  'focus-visible:outline-2 focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-danger'

/** What ties a control to its label, its hint and its mistake. */
interface Wiring {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': true | undefined
}

interface FieldProps {
  readonly label: string
  readonly hint?: ReactNode
  /** What is wrong with what was typed; see useMistakes. */
  readonly mistake?: string | null | undefined
  readonly children: (wiring: Wiring) => ReactNode
  readonly className?: string
}

/** A label, a control, a hint, and what is wrong, tied together. */
export function Field({ label, hint, mistake = null, children, className }: FieldProps) {
  const id = useId()
  const hintId = `${id}-hint`
  const hasHint = hint !== undefined && hint !== null
  const mistakeId = mistakeIdOf(id)
  const described = [mistake !== null && mistakeId, hasHint && hintId].filter((one) => one !== false)
  const wiring = {
    id,
    'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
    'aria-invalid': mistake === null ? undefined : (true as const),
  }
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="text-small font-medium text-ink">
        {label}
      </label>
      {children(wiring)}
      {mistake !== null && <Mistake id={mistakeId} text={mistake} />}
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
  Pick<FieldProps, 'label' | 'hint' | 'mistake' | 'className'> & {
    readonly value: string
    readonly onChange?: (text: string) => void
  }

/** A line of text with its label. */
export function TextField(props: TypedFieldProps<'input'>) {
  const { label, hint, mistake, className, maxLength, onChange, ...rest } = props
  const { marks, tooLong } = useLengthLimit(rest.value, maxLength)
  return (
    <Field label={label} hint={hint} mistake={mistake ?? tooLong} className={className}>
      {(wiring) => (
        <input
          {...wiring}
          type="text"
          {...rest}
          {...marks}
          className={inputStyle}
          onChange={(event) => onChange?.(event.target.value)}
        />
      )}
    </Field>
  )
}
